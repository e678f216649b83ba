internal import CommandSupport
internal import MarginRules
internal import Solvency
internal import SolvencyProver

/// What the parts of a requirement are, in words: by the numbers of the snapshot that the circuit multiplies
/// them by.
struct PartWords {
  let rule: MarginRule
  let scenarios: [AccountExplanation.ScenarioGain]
  /// What the book has.
  let amounts: [AccountExplanation.Amount]

  /// For fields of the snapshot what their product with an amount is.
  private static let meanings: [(fields: Set<String>, text: String)] = [
    (["markFloor", "markCeil"], "value at the mark"),
    (["value"], "value as collateral"),
    (["debt"], "what it takes to repay"),
    (["contLong", "contShort"], "contingency charge"),
    (["margin"], "bracket margin"),
    (["pnlLong", "pnlShort"], "gain in scenarios"),
    (["factors"], "exposure to a factor"),
    (["feeExit"], "cost of closing"),
  ]

  /// What a part is; empty where nothing is known that its name does not say.
  func text(
    _ part: AccountExplanation.Part, of requirement: AccountExplanation.Requirement
  ) -> String {
    // Parts in money are divided by what the circuit multiplies cash by.
    let divisors =
      requirement.isInMoney ? requirement.parts.first { $0.name == Registry.cash }?.factors ?? [] : []
    let factors = part.factors.filter { !divisors.contains($0) }
    var words = Self.meanings.filter { !$0.fields.isDisjoint(with: factors) }.map(\.text)
    if let worst = worstScenario(part, factors) { words.append(worst) }
    let named = factors.filter { word in !Self.meanings.contains { $0.fields.contains(word) } }
    let product = named.compactMap(multiplier) + (words.isEmpty ? [] : [words.joined(separator: " and ")])
    guard !product.isEmpty else { return "" }
    let left =
      divisors.filter { !part.factors.contains($0) }.compactMap(multiplier)
      + [numberDivisor(part, factors)].compactMap(\.self)
    return product.joined(separator: " × ") + left.map { " / \($0)" }.joined()
  }

  /// What a value at the mark is divided by to give the part, where the circuit counts cash a number of
  /// times:
  /// ten times cash against all notional leaves a tenth of each value.
  private func numberDivisor(_ part: AccountExplanation.Part, _ factors: [String]) -> String? {
    guard let quanta = part.quanta, quanta != 0,
      factors.allSatisfy({ ["markFloor", "markCeil"].contains($0) }),
      let held = amounts.first(where: { $0.coordinate == part.name })?.value,
      let instrument = rule.snapshot.instruments.first(where: { Registry.position($0.id) == part.name })
    else { return nil }
    for mark in [instrument.markCeil, instrument.markFloor] {
      let value = (Int128(held) * Int128(mark)).magnitude
      let number = (value + UInt128(quanta.magnitude) / 2) / UInt128(quanta.magnitude)
      // Running totals are rounded to a quantum.
      let product = number * UInt128(quanta.magnitude)
      let rest = product > value ? product - value : value - product
      if number > 1, rest <= 2 * number { return "\(number)" }
    }
    return nil
  }

  /// "beta 1.3": a factor with its number where the snapshot states it, nil where that is 1.
  private func multiplier(_ word: String) -> String? {
    guard let ppm = ppm(word) else { return word }
    return ppm == 1_000_000 ? nil : "\(word) \(Money.factor(ppm))"
  }

  private func ppm(_ word: String) -> Int64? {
    switch word {
    case "beta": rule.snapshot.draft.buffer(rule.key.kind)
    case "theta": rule.snapshot.tiers.multiplier(rule.key.kind)
    default: nil
    }
  }

  /// Which scenario decides the reserve of a group, if the part is that: its loss times beta.
  private func worstScenario(_ part: AccountExplanation.Part, _ factors: [String]) -> String? {
    guard let quanta = part.quanta,
      let worst = scenarios.filter({ part.name == "reserve[\($0.group)]" }).min(by: { $0.quanta < $1.quanta }
      ),
      worst.quanta < 0
    else { return nil }
    let scaled = factors.compactMap(ppm).reduce(Int128(worst.quanta)) { $0 * Int128($1) / 1_000_000 }
    // A value that is only called so may be something else. Running totals are rounded to a quantum.
    guard (Int128(quanta) - scaled).magnitude <= 2 else { return nil }
    let scenario = worst.scenario
    // The amount beside it is the loss, if nothing multiplies it: it is not rounded twice on one line.
    let isWhole = factors.compactMap(ppm).allSatisfy { $0 == 1_000_000 }
    return "loss\(isWhole ? "" : " of \(Money.usd(worst.quanta.magnitude))")\(scenario.weightNote) at price "
      + "\(Money.percent(scenario.price)), volatility \(scenario.shock)"
  }
}

extension Scenario {
  /// " (weight 0.25 counted)" where a share of the gain counts, which it is already.
  var weightNote: String { weight == 1_000_000 ? "" : " (weight \(Money.factor(weight)) counted)" }

  /// "+1.0" shocks of volatility.
  var shock: String { Self.shock(vol) }

  /// The same of a number of ppm of a shock.
  static func shock(_ ppm: Int64) -> String {
    (ppm > 0 ? "+" : "") + (Double(ppm) / 1e6).formatted(decimals: 1)
  }
}
