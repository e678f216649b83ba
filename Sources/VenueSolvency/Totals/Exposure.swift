public import CanonicalBytes
public import CircuitProofs
internal import ExactIntegers
internal import MarginRules
public import ProofCore
internal import Ristretto
public import Solvency

/// What a venue makes public of the sums over all books of a roll: for some coordinates the exact total, or
/// bounds of it. Of the others nothing is said.
///
///     cash 91000 … 91000          an exact total
///     position/BTC-PERP 0 … 0     longs and shorts cancel (M63)
///     debt/USDC 0 … 5000          a bound
///
/// It is proved by one range proof over -Σ V, which everybody computes from the roll: coordinate m opens to
/// -x with lower ≤ x ≤ upper. Sums are below 2⁹⁷ in magnitude (``RollHeader/accountLimit``) and bounds below
/// 2⁶², so that what holds modulo ℓ holds over the integers.
public struct Exposure: Hashable, Sendable {
  /// The roll, by the digest of its header.
  public let roll: Digest
  /// The bounds by coordinate, both included.
  public let totals: [String: ClosedRange<Int64>]

  /// An exposure of these totals.
  ///
  /// - Throws: ``ExposureError``: no total, a coordinate that the registry lacks, or a bound of 2⁶² or more.
  public init(
    of roll: Digest, totals: [String: ClosedRange<Int64>], registry: Registry
  ) throws(ExposureError) {
    guard !totals.isEmpty else { throw .nothing }
    for (name, range) in totals.sorted(by: { $0.key < $1.key }) {
      guard registry.index(of: name) != nil else { throw .unknownCoordinate(name) }
      guard SnapshotLimits.cash.contains(range.lowerBound), SnapshotLimits.cash.contains(range.upperBound)
      else { throw .outOfRange(name) }
    }
    self.roll = roll
    self.totals = totals
  }

  /// The range of -x for each coordinate of a registry: the whole of 63 bits where nothing is said.
  package func negatedRanges(under registry: Registry) -> [ClosedRange<Int64>] {
    registry.names.map { name in
      totals[name].map { -$0.upperBound ... -$0.lowerBound } ?? SnapshotLimits.cash
    }
  }

  /// What the proof proves about -Σ V.
  ///
  /// - Throws: ``CircuitProofs/StatementError`` for a registry that is too long for one proof.
  package func statement(under registry: Registry) throws(StatementError) -> Statement {
    let ranges = negatedRanges(under: registry)
    var links: [Int: AffineForm] = [:]
    for (index, range) in ranges.enumerated() {
      let form = AffineForm(
        terms: range.lowerBound == range.upperBound ? [] : [AffineForm.Term(variable: index, coefficient: 1)],
        constant: Integer(range.lowerBound))
      // A coordinate in no link is proved to be 0.
      if !form.isZero { links[index] = form }
    }
    return try Statement(
      StatementDraft(
        variableBounds: ranges.map { Integer($0.upperBound) - Integer($0.lowerBound) }, links: [links],
        coordinateCount: registry.count))
  }

  /// What the proof is bound to: every field, after its domain.
  package func context() -> [UInt8] {
    var writer = CanonicalWriter(domain: "solvency/roll/exposure/v1")
    writer.append(roll)
    writer.append(UInt32(totals.count))
    for (name, range) in totals.sorted(by: { $0.key < $1.key }) {
      writer.append(text: Array(name.utf8))
      writer.append(UInt64(bitPattern: range.lowerBound))
      writer.append(UInt64(bitPattern: range.upperBound))
    }
    return writer.bytes
  }
}

/// An exposure with its proof.
public struct ProvedExposure: Hashable, Sendable {
  /// The largest file that is read, in bytes.
  public static let fileByteLimit = 1 << 22

  /// What is made public.
  public let exposure: Exposure
  /// The proof. Nothing is checked yet.
  public let proof: CircuitProof

  /// An exposure with this proof.
  public init(_ exposure: Exposure, proof: CircuitProof) {
    self.exposure = exposure
    self.proof = proof
  }

  /// Reads a file:
  ///
  ///     {"version": 1, "roll": <64 hex digits>, "totals": {"cash": [0, 5000]}, "proof": <base64>}
  ///
  /// - Throws: ``FileError``.
  public init(decoding bytes: [UInt8], registry: Registry) throws(FileError) {
    let file = try VersionedFile(
      bytes, maximumBytes: Self.fileByteLimit, keys: ["roll", "totals", "proof"])
    let totals = try file.read("totals") { node throws(DocumentError) in
      var totals: [String: ClosedRange<Int64>] = [:]
      for entry in try node.entries(maximumCount: Registry.countLimit) {
        let bounds = try entry.node.array(maximumCount: 2)
        guard bounds.count == 2 else {
          throw entry.node.failure(.outOfRange("\(bounds.count) bounds", lower: "2", upper: "2"))
        }
        let lower = try bounds[0].integer(in: SnapshotLimits.cash)
        totals[entry.key] = lower...(try bounds[1].integer(in: lower...SnapshotLimits.cash.upperBound))
      }
      return totals
    }
    let roll = try file.digest("roll")
    do throws(ExposureError) {
      exposure = try Exposure(of: roll, totals: totals, registry: registry)
    } catch {
      throw .invalidName(path: "totals", .notPrintable)
    }
    proof = try file.read("proof") { node throws(DocumentError) in
      CircuitProof(bytes: try node.base64(maximumBytes: Self.fileByteLimit))
    }
  }

  /// The JSON value of the file.
  public var json: JSONValue {
    [
      "version": .integer(VersionedFile.version), "roll": .hex(exposure.roll.bytes),
      "totals": .object(
        exposure.totals.sorted { $0.key < $1.key }.map { name, range in
          JSONMember(name, [.integer(range.lowerBound), .integer(range.upperBound)])
        }), "proof": .base64(proof.bytes),
    ]
  }
}

/// Why totals are not shown, or cannot be made public.
public enum ExposureError: Error, Hashable, Sendable {
  /// There is no total.
  case nothing
  /// The registry has no such coordinate.
  case unknownCoordinate(String)
  /// A bound of this coordinate is 2⁶² or more.
  case outOfRange(String)
  /// It is of another roll.
  case otherRoll
  /// The registry is too long for one proof.
  case tooLong
  /// The proof does not hold.
  case rejected
}

extension RollDocuments {
  /// Checks the proof of an exposure against the sum of all commitments.
  ///
  /// - Parameters:
  ///   - proved: what the venue published.
  ///   - sum: Σ V over all accounts of the roll.
  /// - Throws: ``ExposureError``.
  public func checkExposure(
    _ proved: ProvedExposure, of sum: VectorCommitment
  ) throws(ExposureError) {
    guard proved.exposure.roll == header.digest else { throw .otherRoll }
    guard let statement = try? proved.exposure.statement(under: registry) else { throw .tooLong }
    do throws(VerificationError) {
      try proved.proof.verify(
        statement, commitments: [VectorCommitment(-sum.point).encoded], context: proved.exposure.context(),
        generators: .standard)
    } catch {
      throw .rejected
    }
  }
}
