internal import CanonicalBytes
internal import CircuitLanguage
internal import MarginRules
internal import Solvency
public import SolvencyHeader
internal import TransparencyLog
internal import VenueSolvency

/// What a handle of a roll owns.
final class RollBox: Sendable {
  let documents: RollDocuments

  init(_ documents: RollDocuments) { self.documents = documents }

  static func of(_ handle: OpaquePointer?) throws(CallError) -> RollBox {
    try Handle.object(handle, .roll, as: RollBox.self)
  }

  /// The largest part of an audit that is read, in bytes: a thousand findings and 126 hashes.
  static let partByteLimit = 1 << 20

  static func part(_ bytes: [UInt8]) throws -> PartialAudit {
    try PartialAudit(JSONDocument.parse(bytes, maximumBytes: partByteLimit))
  }
}

/// See `solvency.h`.
@c @implementation
public func solvency_roll_free(_ roll: OpaquePointer?) { Handle.free(roll, .roll) }

/// See `solvency.h`.
@c @implementation
public func solvency_roll_open(
  _ description: UnsafePointer<solvency_roll_description>?, _ roll: UnsafeMutablePointer<OpaquePointer?>?,
  _ error: UnsafeMutablePointer<solvency_buffer>?
) -> solvency_code {
  call("roll", error) {
    guard let roll else { throw CallError.usage("there is no place for the roll") }
    guard let description = description?.pointee,
      description.size == MemoryLayout<solvency_roll_description>.size
    else { throw CallError.usage("the description is NULL or of another size") }
    let header = try RollHeader(
      decoding: Bytes.copy(description.header, description.header_count, "the header"))
    let snapshot = try RiskSnapshot(
      json: Bytes.copy(description.snapshot, description.snapshot_count, "the snapshot"))
    let list = try Bytes.copy(description.registry, description.registry_count, "the registry")
    let registry = try list.isEmpty ? Registry(of: snapshot) : RegistryHistory(decoding: list).current
    let texts = try Bytes.copies(
      description.circuits, description.circuit_counts, description.circuit_total, "circuit")
    guard texts.count >= 3 else {
      throw CallError.usage(
        "a roll has three circuits at least: rule, bounded shortfall, totals; then its bands")
    }
    let circuits = try texts.enumerated().map { try Circuit(parsing: $1, named: "circuit \($0)") }
    let attestations = try Bytes.copies(
      description.reserves, description.reserve_counts, description.reserve_total, "reserve"
    ).map { try Signed<ReserveAttestation>(decoding: $0) }
    let keys = try Bytes.copies(
      description.custodians, description.custodian_counts, description.custodian_total, "custodian"
    ).map { try PublicKeyFile(decoding: $0) }
    guard keys.allSatisfy({ $0.role == .custodian }) else {
      throw CallError.malformed("custodian: is the key of another role")
    }
    let reserves: Reserves
    do throws(ReserveError) {
      reserves = try Reserves(
        of: attestations, trusting: Set(keys.map(\.key)), ledger: header.ledger, at: header.moment)
    } catch {
      throw CallError(code: SOLVENCY_REFUSED, message: "reserves: \(error)")
    }
    let file = try Bytes.copy(description.house, description.house_count, "the house's positions")
    let house = try file.isEmpty ? HousePositions.none : HousePositions(decoding: file)
    do throws(RollError) {
      roll.pointee = Handle.make(
        RollBox(
          try RollDocuments(
            header: header, snapshot: snapshot, registry: registry,
            circuits: RollDocuments.Circuits(
              rule: circuits[0], bounded: circuits[1], totals: circuits[2], bands: Array(circuits[3...])),
            reserves: reserves, house: house)), .roll)
    } catch {
      throw CallError(code: SOLVENCY_REFUSED, message: "roll: \(error)")
    }
  }
}

/// See `solvency.h`.
@c @implementation
public func solvency_roll_audit(
  _ roll: OpaquePointer?, _ first: UInt64, _ passed: Int, _ entries: UnsafePointer<UnsafePointer<UInt8>?>?,
  _ entry_counts: UnsafePointer<Int>?, _ evidence: UnsafePointer<UnsafePointer<UInt8>?>?,
  _ evidence_counts: UnsafePointer<Int>?, _ count: Int, _ threads: UInt32,
  _ part: UnsafeMutablePointer<solvency_buffer>?, _ error: UnsafeMutablePointer<solvency_buffer>?
) -> solvency_code {
  call("entries", error) {
    let box = try RollBox.of(roll)
    guard let part else { throw CallError.usage("there is no place for the part") }
    let entries = try Bytes.copies(entries, entry_counts, count, "entry")
    let evidence = try Bytes.copies(evidence, evidence_counts, count, "evidence")
    guard (0...count).contains(passed) else {
      throw CallError.usage("more entries are passed than there are")
    }
    guard UInt64(passed) <= first, first <= RollHeader.accountLimit else {
      throw CallError.usage("more entries are passed than stand before the first")
    }
    var auditor = RollAuditor(
      box.documents, from: first, workers: threads == 0 ? nil : Int(threads))
    for (index, (entry, evidence)) in zip(entries, evidence).enumerated() {
      let own = evidence.isEmpty ? nil : evidence
      if index < passed {
        auditor.pass(entry, evidence: own)
      } else {
        let isHeader = auditor.position == 0 && entry.isEmpty
        auditor.add(isHeader ? box.documents.header.entry : entry, evidence: own)
      }
    }
    part.pointee = Bytes.buffer(auditor.finish().json.encoded())
  }
}

/// See `solvency.h`.
@c @implementation
public func solvency_roll_merge(
  _ parts: UnsafePointer<UnsafePointer<UInt8>?>?, _ part_counts: UnsafePointer<Int>?, _ count: Int,
  _ merged: UnsafeMutablePointer<solvency_buffer>?, _ error: UnsafeMutablePointer<solvency_buffer>?
) -> solvency_code {
  call("parts", error) {
    guard let merged else { throw CallError.usage("there is no place for the result") }
    let read = try Bytes.copies(parts, part_counts, count, "part").map { try RollBox.part($0) }
    do throws(MergeError) {
      merged.pointee = Bytes.buffer(try PartialAudit.merging(read).json.encoded())
    } catch {
      throw CallError(code: SOLVENCY_REFUSED, message: "parts: \(error.text)")
    }
  }
}

/// See `solvency.h`.
@c @implementation
public func solvency_roll_result(
  _ roll: OpaquePointer?, _ audit: UnsafePointer<UInt8>?, _ audit_count: Int, _ totals: UnsafePointer<UInt8>?,
  _ totals_count: Int, _ checkpoint: UnsafePointer<UInt8>?, _ checkpoint_count: Int,
  _ policy: UnsafePointer<UInt8>?, _ policy_count: Int, _ exposure: UnsafePointer<UInt8>?,
  _ exposure_count: Int, _ json: UnsafeMutablePointer<solvency_buffer>?,
  _ error: UnsafeMutablePointer<solvency_buffer>?
) -> solvency_code {
  call("result", error) {
    let documents = try RollBox.of(roll).documents
    guard let json else { throw CallError.usage("there is no place for the result") }
    let audit = try RollBox.part(Bytes.copy(audit, audit_count, "the audit"))
    let totals = try ProofEnvelope(decoding: Bytes.copy(totals, totals_count, "the totals"))
    let text = try Bytes.copy(checkpoint, checkpoint_count, "the checkpoint")
    guard let signed = try? SignedCheckpoint(decoding: text) else {
      throw CallError.malformed("checkpoint: is not a signed checkpoint")
    }
    let rules = try Bytes.copy(policy, policy_count, "the policy")
    guard let trust = try? TrustPolicy(decoding: rules) else {
      throw CallError.malformed("policy: is not a policy of logs and witnesses")
    }
    let witnessed: WitnessedCheckpoint
    do throws(CheckpointTrustError) {
      witnessed = try trust.verify(signed)
    } catch {
      throw CallError(
        code: SOLVENCY_REFUSED, message: "checkpoint: is not one that the policy trusts: \(error)")
    }
    let verdict = RollVerdict(audit, under: documents, checkpoint: witnessed.checkpoint, totals: totals)
    var problems = verdict.problems.map(\.text)
    let file = try Bytes.copy(exposure, exposure_count, "the exposure")
    var shown: JSONValue = .null
    if !file.isEmpty {
      let proved = try ProvedExposure(decoding: file, registry: documents.registry)
      do throws(ExposureError) {
        try documents.checkExposure(proved, of: audit.sum)
        shown = .object(
          proved.exposure.totals.sorted { $0.key < $1.key }.map { name, range in
            JSONMember(name, [.integer(range.lowerBound), .integer(range.upperBound)])
          })
      } catch {
        problems.append("the public totals are not shown: \(error)")
      }
    }
    let result: JSONValue = [
      "isSolvent": .bool(problems.isEmpty), "problems": .array(problems.map { .string($0) }),
      "origin": .string(documents.header.origin.description),
      "accounts": .integer(documents.header.accountCount),
      "bandNames": .array(audit.bands.isEmpty ? [] : documents.bandNames.map { .string($0) }),
      "cosigned": .integer(witnessed.cosigned.count), "totals": shown, "audit": audit.json,
    ]
    json.pointee = Bytes.buffer(result.encoded())
  }
}
