internal import CanonicalBytes
internal import RiskEngine

/// In which steps a venue publishes (mechanism M37).
struct PublicationSchedule {
  let interval: Int
  let isRandom: Bool
  let seed: UInt64

  init(_ terms: AgentTerms, seed: UInt64) {
    (interval, isRandom, self.seed) = (max(1, terms.publicationInterval), terms.isPublicationRandom, seed)
  }

  func publishes(_ step: Int) -> Bool {
    guard interval > 1 else { return true }
    guard isRandom else { return (step + 1) % interval == 0 }
    let beacon = Digest.sha256(of: Array("beacon/\(seed)/\(step)".utf8))
    return RandomInterval(hazard: Int64(1_000_000 / interval), least: 0, greatest: .max)
      .isDrawn(beacon: beacon, id: Array("lab".utf8))
  }

  /// What somebody who knows the rule, and no beacon of the future, makes of the chance that a step
  /// publishes.
  func chance(_ step: Int) -> Double {
    guard interval > 1 else { return 1 }
    return isRandom ? 1 / Double(interval) : publishes(step) ? 1 : 0
  }
}
