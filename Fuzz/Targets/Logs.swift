import Admission
import CanonicalBytes
import CircuitLanguage
import Foundation
import MarginRules
import Merlin
import RangeProofs
import Ristretto
import Solvency
import TestSupport
import TransparencyLog

extension FuzzTarget {
  /// What strangers read of a log, what they hand in, and what is compiled from text.
  static let logs = [
    FuzzTarget("note", .text, made: { [try checkpoint().encoded()] }) { bytes in
      try roundTrip(bytes) {
        try SignedNote(decoding: $0)
      } _: {
        $0.encoded()
      }
    },
    FuzzTarget("checkpoint", .text, made: { [try checkpoint().encoded()] }) { bytes in
      try roundTrip(bytes) {
        try SignedCheckpoint(decoding: $0)
      } _: {
        $0.encoded()
      }
      // One that is believed is the one that was signed.
      guard let read = try? SignedCheckpoint(decoding: bytes) else { return }
      let signed = try checkpoint()
      let key = try signer().key
      guard let believed = try? read.checkpoint(signedBy: [key]) else { return }
      guard believed == signed.unverified else {
        throw FuzzFailure("a checkpoint that nobody signed is believed")
      }
    },
    FuzzTarget("receipt", .text, made: { [try receipt().encoded()] }) { bytes in
      try roundTrip(bytes) {
        try LogProof(decoding: $0)
      } _: {
        $0.encoded()
      }
      guard let read = try? LogProof(decoding: bytes) else { return }
      let policy = try TrustPolicy(logs: [try signer().key])
      if (try? read.verify(leaf: .leaf([7]), under: policy)) != nil {
        throw FuzzFailure("a receipt of an entry that is not there is believed")
      }
    },
    FuzzTarget(
      "trust-policy", .text,
      made: {
        let key = try signer().key
        return [Array("log \(key)\nquorum none\n".utf8)]
      }
    ) { bytes in
      _ = try? TrustPolicy(decoding: bytes)
    },
    FuzzTarget("withdrawn-entries", .bytes, made: { [WithdrawnEntries([try entry()]).encoded()] }) { bytes in
      guard let entries = try? WithdrawnEntries(decoding: bytes) else { return }
      guard entries.encoded() == bytes else { throw FuzzFailure("two encodings of one list of entries") }
    },
    FuzzTarget("range-file", .json, made: { [try rangeFile.get(), try reciprocalFile.get()] }) { bytes in
      guard let file = try? RangeProofFile(decoding: bytes) else { return }
      guard let again = try? RangeProofFile(decoding: file.json.encoded()), again.json == file.json else {
        throw FuzzFailure("a range proof file is another after encoding")
      }
      // Whatever else was changed, a proof of other commitments does not hold.
      if file.verify() == nil, file.label == "fuzz", file.commitments != (try rangeCommitments.get()) {
        throw FuzzFailure("a range proof of other commitments holds")
      }
    },
    FuzzTarget("range-values", .json, seeds: ["Examples/range-values.json"]) { bytes in
      for kind in RangeProofKind.allCases {
        do { _ = try RangeValuesFile(decoding: bytes, for: kind) } catch {}
      }
    },
    FuzzTarget("circuit-compilation", .text, made: { smallCircuits.map { Array($0.utf8) } }) { bytes in
      guard let circuit = try? Circuit(parsing: bytes, named: "input.circuit") else { return }
      let (snapshot, registry) = try small.get()
      for kind in MarginKind.allCases {
        // It compiles, or says why; in bounded time and memory.
        _ = try? MarginRule(circuit: circuit, snapshot: snapshot, kind: kind, registry: registry)
      }
    },
  ]

  private static func signer() throws -> NoteSigner {
    let seed = [UInt8](repeating: 3, count: 32)
    return try NoteSigner(name: "log.example/fuzz", seed: seed.span)
  }

  private static let tree = MemoryTree((0..<5).map { [UInt8($0)] })

  private static func checkpoint() throws -> SignedCheckpoint {
    var tree = tree
    let signer = try signer()
    return try SignedCheckpoint(Checkpoint(origin: signer.key.name, head: tree.head(at: 5)), by: signer)
  }

  private static func receipt() throws -> LogProof {
    var tree = tree
    return LogProof(of: 3, under: try checkpoint(), from: &tree, extra: [3])
  }

  private static func entry() throws -> LogEntry {
    LogEntry(after: LogHead(count: 4, digest: .zero), time: Timestamp(seconds: 5), event: .ticked)
  }

  private static let range = Result { () throws -> RangeProofFile in
    var transcript = RangeProofFile.transcript(label: "fuzz")
    let (proof, statement) = try RangeProof.prove(
      SecretBlock(count: 2) { UInt64(7 + $0) }, blindings: SecretBlock(count: 2) { Scalar(5 + $0) },
      width: .bits8,
      bounds: nil, transcript: &transcript)
    return RangeProofFile(label: "fuzz", statement: statement, proof: proof)
  }
  private static let reciprocalRange = Result { () throws -> RangeProofFile in
    guard let bounds = RangeBounds(bits: 8) else { throw FuzzFailure("8 bits are refused as bounds") }
    // The values and blindings of the other file, and so its commitments.
    let (proof, statement) = try ReciprocalRangeProof.prove(
      SecretBlock(count: 2) { UInt64(7 + $0) }, blindings: SecretBlock(count: 2) { Scalar(5 + $0) },
      bounds: bounds, label: Array("fuzz".utf8))
    return RangeProofFile(label: "fuzz", statement: statement, proof: proof)
  }
  private static let rangeFile = range.map { $0.json.encoded() }
  private static let reciprocalFile = reciprocalRange.map { $0.json.encoded() }
  private static let rangeCommitments = range.map(\.commitments)

  private static let small = Result { () throws -> (RiskSnapshot, Registry) in
    let file = Vectors.packageRoot.appending(path: "Fuzz/Seeds/snapshot-small.json")
    let snapshot = try RiskSnapshot(json: Array(try Data(contentsOf: file)))
    return (snapshot, try Registry(of: snapshot))
  }

  /// Every construct of the language in few words.
  private static let smallCircuits = [
    """
    circuit cover version 1
    parameters snapshot
    committed cash in 0 ... 2^20 - 1, position[i in instruments] in -(2^8) ... 2^8 - 1
    advice long[i in instruments] in 0 ... 2^8 := max(position[i], 0)
    advice short[i in instruments] in 0 ... 2^8 := max(-position[i], 0)
    require "sides" for i in instruments : long[i] - short[i] == position[i]
    require "cover" : 1_000_000 * cash - theta * sum(i in instruments: long[i] + short[i]) >= 0 within 2^44
    """,
    """
    circuit product version 1
    parameters snapshot
    committed cash in 0 ... 2^20 - 1
    let most = max(theta, 1)
    require "square" : cash * cash - most >= 0
    """,
    """
    circuit nested version 1
    parameters snapshot
    committed cash in 0 ... 2^20 - 1
    advice a[i in 0 ... 9, j in 0 ... 9] in 0 ... 1 := 0
    require "all" : cash - sum(i in 0 ... 9, j in 0 ... 9: a[i, j]) >= 0
    """,
  ]
}
