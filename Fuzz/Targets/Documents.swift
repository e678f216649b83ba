import CanonicalBytes
import CircuitLanguage
import Foundation
import MarginRules
import RiskEngine
import Solvency
import SolvencyProver
import TestSupport

extension FuzzTarget {
  private static let snapshot = Result {
    try RiskSnapshot(json: Array(Vectors.data("margin/snapshot_example.json")))
  }
  private static let registry = Result { try Registry(of: snapshot.get()) }

  /// Documents of traders and venues.
  static let documents = [
    FuzzTarget(
      "snapshot", .json,
      seeds: [
        "Examples/snapshot.json", "vectors/margin/snapshot_example.json", "Fuzz/Seeds/snapshot-small.json",
      ]
    ) { bytes in
      try roundTrip(bytes) {
        try RiskSnapshot(json: $0)
      } _: {
        $0.json.encoded()
      }
    },
    FuzzTarget(
      "snapshot-bytes", .bytes, made: { [RiskSnapshot.canonicalBytes(of: try snapshot.get().draft)] }
    ) {
      bytes in
      guard let snapshot = try? RiskSnapshot(canonicalBytes: bytes) else { return }
      guard RiskSnapshot.canonicalBytes(of: snapshot.draft) == bytes else {
        throw FuzzFailure("two encodings of one snapshot")
      }
    },
    FuzzTarget("circuit", .text, seeds: circuits) { bytes in
      _ = try? Circuit(parsing: bytes, named: "input.circuit")
    },
    FuzzTarget("book", .json, seeds: ["Examples/book.json", "Examples/book-insolvent.json"]) { bytes in
      do { _ = try Book(decoding: bytes, registry: registry.get()) } catch {}
    },
    FuzzTarget("opening", .json, seeds: ["Fuzz/Seeds/opening.json"]) { bytes in
      do { _ = try OpeningFile.open(plain: bytes) } catch {}
    },
    FuzzTarget("account", .json, seeds: ["Fuzz/Seeds/account.json"]) { bytes in
      try roundTrip(bytes) {
        try AccountCommitment(decoding: $0)
      } _: {
        $0.json.encoded()
      }
    },
    FuzzTarget("fill", .json, seeds: ["Fuzz/Seeds/fill.json"]) { bytes in
      _ = try? Fill(decoding: bytes)
    },
    FuzzTarget("hidden-fill", .json, seeds: ["Fuzz/Seeds/hidden-fill.json"]) { bytes in
      do { _ = try HiddenFill(decoding: bytes) } catch {}
    },
    FuzzTarget("attestation", .json, seeds: ["Fuzz/Seeds/attestation.json"]) { bytes in
      try roundTrip(bytes) {
        try Signed<Attestation>(decoding: $0)
      } _: {
        $0.json.encoded()
      }
    },
    FuzzTarget("fill-report", .json, seeds: ["Fuzz/Seeds/fill-report.json"]) { bytes in
      try roundTrip(bytes) {
        try Signed<FillReport>(decoding: $0)
      } _: {
        $0.json.encoded()
      }
    },
    FuzzTarget("endorsement", .json, seeds: ["Fuzz/Seeds/endorsement.json"]) { bytes in
      try roundTrip(bytes) {
        try Signed<SnapshotEndorsement>(decoding: $0)
      } _: {
        $0.json.encoded()
      }
    },
    FuzzTarget("public-key", .json, seeds: ["Fuzz/Seeds/public-key.json"]) { bytes in
      try roundTrip(bytes) {
        try PublicKeyFile(decoding: $0)
      } _: {
        $0.encoded()
      }
    },
    FuzzTarget("guard", .json, seeds: ["Fuzz/Seeds/guard.json"]) { bytes in
      try roundTrip(bytes) {
        try SnapshotGuard(decoding: $0)
      } _: {
        $0.encoded()
      }
    },
    FuzzTarget("escrow", .json, seeds: ["Fuzz/Seeds/escrow.json", "Fuzz/Seeds/escrow-share.json"]) { bytes in
      do { _ = try EscrowPackage(decoding: bytes) } catch {}
      do { _ = try EscrowShare(decoding: bytes) } catch {}
    },
    FuzzTarget("configuration", .json, seeds: ["Fuzz/Seeds/configuration.json"]) { bytes in
      _ = try? EngineConfiguration(json: bytes)
    },
    FuzzTarget("engine-state", .json, seeds: ["Fuzz/Seeds/engine-state.json"]) { bytes in
      try roundTrip(bytes) {
        try EngineState(json: $0)
      } _: {
        $0.json.encoded()
      }
    },
    FuzzTarget("publication-record", .json, seeds: ["Fuzz/Seeds/publication-record.json"]) { bytes in
      _ = try? PublicationRecord(json: bytes)
    },
    FuzzTarget("json", .json, seeds: ["Examples/snapshot.json", "vectors/merlin/prefix.json"]) { bytes in
      try roundTrip(bytes) {
        try JSONDocument.parse($0, maximumBytes: 1 << 20).value
      } _: {
        $0.encoded()
      }
    },
  ]

  /// The shipped circuits.
  static let circuits = ["portfolio-margin", "cross-margin", "value-at-risk", "collateral-ratio"].map {
    "circuits/\($0).circuit"
  }

  /// Plain rules and circuits over validated snapshots and books at their limits.
  static let parity: FuzzTarget = {
    let parity = Result {
      try Parity { name in
        Array(try Data(contentsOf: Vectors.packageRoot.appending(path: "circuits/\(name).circuit")))
      }
    }
    return FuzzTarget("parity", .bytes, made: { (0..<16).map { InputBytes.noise(seed: $0) } }) { bytes in
      var counts = Parity.Counts()
      try parity.get().check(bytes, counts: &counts)
    }
  }()
}
