internal import ExactIntegers
internal import SolvencyProver

/// A slack from its parts on: each definition with its parts and its total.
struct Waterfall {
  /// One line of it.
  struct Step {
    let name: String
    /// What it is, in words; empty where the name says it.
    let remark: String
    /// Units of the rule.
    let value: Int256
    /// The same in cents, where units of the rule are money.
    let cents: Int64?
    /// Whether it is the sum of lines above it rather than one of them.
    let isTotal: Bool

    var text: String { cents.map { Money.text(cents: $0) } ?? value.asInteger().description }

    /// For drawings.
    var length: Double { cents.map { Double($0) } ?? Double(value.asInteger().description) ?? 0 }
  }

  /// What the last line is called.
  static let slackName = "slack of this requirement"

  /// The lines; the last is the slack.
  let steps: [Step]
  private let isMoney: Bool

  /// What the lines count.
  var unit: String { isMoney ? "USD" : "units of the rule" }

  /// Cents are rounded as running totals, so that the lines above a total add up to it as they are shown.
  init(_ requirement: AccountExplanation.Requirement, _ words: PartWords) {
    isMoney = requirement.isInMoney
    var order: [String] = []
    var groups: [String?: [AccountExplanation.Part]] = [:]
    for part in requirement.parts where part.value != .zero && part.quanta != 0 {
      groups[part.definition, default: []].append(part)
    }
    for case let definition? in requirement.parts.map(\.definition) where !order.contains(definition) {
      order.append(definition)
    }
    var steps: [Step] = []
    var (running, shown) = (Int64(0), Int64(0))
    // What stands in no definition comes after all totals: it is a part of none of them.
    for definition in order.map(Optional.some) + [nil] {
      let parts = groups[definition, default: []]
      let before = shown
      for part in parts {
        var cents: Int64?
        if isMoney {
          running &+= part.quanta ?? 0
          cents = Money.cents(running) - shown
          shown = Money.cents(running)
        }
        steps.append(
          Step(
            name: part.name, remark: words.text(part, of: requirement),
            value: part.value, cents: cents, isTotal: false))
      }
      guard let definition else { continue }
      steps.append(
        Step(
          name: definition, remark: "", value: parts.reduce(.zero) { $0 &+ $1.value },
          cents: isMoney ? shown - before : nil, isTotal: true))
    }
    steps.append(
      Step(
        name: Self.slackName, remark: "", value: requirement.requirement.value,
        cents: isMoney ? requirement.slackQuanta.map { Money.cents($0) } : nil, isTotal: true))
    self.steps = steps
  }
}

extension AccountExplanation.Requirement {
  /// Whether its parts are shown in money.
  var isInMoney: Bool { slackQuanta != nil && parts.allSatisfy { $0.quanta != nil } }
}
