internal import Admission
internal import CanonicalBytes
internal import RiskEngine

/// What the page shows of an epoch: leverage and margin of each instrument, and what moved them.
struct EpochSummary: Sendable {
  /// One instrument, in ppm of its mark for a first lot long.
  struct Terms: Sendable {
    let id: String
    let mark: Int64
    let initialPpm: Int64
    let maintenancePpm: Int64
    let isCloseOnly: Bool
    let isStale: Bool
    /// What changed most since the epoch before; empty in the first.
    let driver: String

    /// Mark over initial margin, in thousandths; 0 where there is no margin to divide by.
    var leverageMilli: Int64 { initialPpm > 0 ? 1_000_000_000 / initialPpm : 0 }
  }

  let epoch: Int64
  let validFrom: Int64
  let validTo: Int64
  let regime: String
  let haltLevel: Int64
  let bufferPpm: Int64
  let terms: [Terms]

  /// The summary of a snapshot after another.
  init(_ snapshot: RiskSnapshot, after previous: RiskSnapshot?) {
    epoch = snapshot.epoch
    (validFrom, validTo) = (snapshot.validFrom, snapshot.validTo)
    regime = snapshot.regime.rawValue
    haltLevel = snapshot.haltLevel
    bufferPpm = snapshot.bufferPpm
    let changes = previous.map { SnapshotDifference(from: $0, to: snapshot).changes } ?? []
    terms = snapshot.instruments.map { instrument in
      let mark = max(1, instrument.markCeil)
      func ppm(_ charge: Int64?) -> Int64 { Int64(clamping: Int128(charge ?? 0) * 1_000_000 / Int128(mark)) }
      return Terms(
        id: instrument.id, mark: instrument.markCeil, initialPpm: ppm(instrument.long.first?.imPerLot),
        maintenancePpm: ppm(instrument.long.first?.mmPerLot), isCloseOnly: instrument.flags.closeOnly,
        isStale: instrument.flags.stale, driver: Self.driver(of: instrument.id, among: changes))
    }
  }

  /// The change that moved furthest, of the instrument's own terms or the snapshot's: "worst scenario (long)
  /// +12.5 %".
  ///
  /// The rates themselves are what is driven, and are left out.
  private static func driver(of instrument: String, among changes: [SnapshotDifference.Change]) -> String {
    var (best, furthest) = ("", 0.0)
    for change in changes where change.subject == nil || change.subject == .instrument(instrument) {
      guard !change.term.contains("rate"), change.term != "validity" else { continue }
      let (before, after) = (Double(change.before), Double(change.after))
      let move = abs(after - before) / max(1, abs(before), abs(after))
      // A step of the regime or a halt outweighs what follows from it.
      let weight = change.subject == nil && change.unit != "ppm" ? 1 + move : move
      guard weight > furthest else { continue }
      furthest = weight
      best = text(of: change)
    }
    return best
  }

  private static func text(of change: SnapshotDifference.Change) -> String {
    switch change.unit {
    case "flag": return change.after == 1 ? "\(change.term) set" : "\(change.term) lifted"
    case "rank":
      let words = Regime.allCases.map(\.rawValue)
      func word(_ rank: Int64) -> String { words.indices.contains(Int(rank)) ? words[Int(rank)] : "\(rank)" }
      return "\(change.term) \(word(change.before)) to \(word(change.after))"
    case "level": return "\(change.term) \(change.before) to \(change.after)"
    default:
      guard change.before != 0 else { return "\(change.term) set" }
      let permille = Int128(change.after - change.before) * 1_000 / Int128(change.before.magnitude)
      let sign = permille < 0 ? "−" : "+"
      return "\(change.term) \(sign)\(permille.magnitude / 10).\(permille.magnitude % 10) %"
    }
  }

  var json: JSONValue {
    [
      "epoch": .integer(epoch), "validFrom": .integer(validFrom), "validTo": .integer(validTo),
      "regime": .string(regime), "haltLevel": .integer(haltLevel), "bufferPpm": .integer(bufferPpm),
      "instruments": .array(
        terms.map {
          [
            "id": .string($0.id), "mark": .integer($0.mark), "initialPpm": .integer($0.initialPpm),
            "maintenancePpm": .integer($0.maintenancePpm), "leverageMilli": .integer($0.leverageMilli),
            "closeOnly": .bool($0.isCloseOnly), "stale": .bool($0.isStale), "driver": .string($0.driver),
          ]
        }),
    ]
  }
}
