internal import CanonicalBytes
internal import MarginRules
internal import Solvency

/// Whether a snapshot applies at a moment.
struct SnapshotValidity {
  let snapshot: RiskSnapshot
  let now: Timestamp

  private var from: Timestamp { Timestamp(seconds: UInt64(clamping: snapshot.validFrom)) }
  private var to: Timestamp { Timestamp(seconds: UInt64(clamping: snapshot.validTo)) }

  var isInForce: Bool { from <= now && now < to }

  /// What is said of a snapshot out of its time; nil for one that applies.
  var note: String? {
    isInForce
      ? nil
      : "the snapshot applies from \(from.text) until \(to.text); a verifier will reject a proof at any other time"
  }

  /// "epoch 4, prices as of …, in force from … until …"
  var heading: String {
    "epoch \(snapshot.epoch), prices as of \(UTCTime.text(snapshot.asOf)), in force from \(from.text) until "
      + to.text + (isInForce ? "" : ": not now")
  }
}
