internal import CanonicalBytes
internal import CircuitLanguage
internal import CommandSupport
internal import ExactIntegers
internal import MarginRules
internal import Solvency
internal import SolvencyProver

/// What a rule says of a book, as tables.
struct ExplanationText {
  let subject: ExplainedAccount
  let rule: MarginRule
  let explanation: AccountExplanation
  /// How many instruments were not asked about.
  let omittedInstruments: Int

  /// Name and kind of the rule.
  var ruleName: String { "\(rule.circuitName) (\(rule.key.kind.rawValue))" }

  var conclusion: String {
    let evaluation = explanation.evaluation
    return switch evaluation.admission {
    case .notAdmitted(let coordinate): refusal(of: coordinate)
    case .beyondBound(let place): "\(ruleName) has no room for the book at \(place)."
    case .admitted:
      if evaluation.isProvable {
        "The book meets \(ruleName)."
      } else if evaluation.requirements.allSatisfy(\.holds) {
        "The book meets \(ruleName), by more than a proof has room for."
      } else {
        "The book does not meet \(ruleName)."
      }
    }
  }

  /// Why a rule has no room for what a book has at a coordinate.
  private func refusal(of coordinate: String) -> String {
    let sentence = "\(ruleName) has no room for what the book has at \(coordinate)"
    return switch rule.compiled.room(for: coordinate) {
    case .nothing:
      "\(sentence): the circuit does not commit it, and so proves it to be 0. `ignore` it there, or take a circuit that "
        + "has it."
    case .range(let lower, let upper): "\(sentence): the circuit takes \(lower) to \(upper)."
    case .linked: "\(sentence): the values that its link is made of are in ranges that do not add up to it."
    }
  }

  /// The requirement that decides.
  var binding: AccountExplanation.Requirement? {
    explanation.binding.map { explanation.requirements[$0] }
  }

  /// What decides: a requirement, or the end of the rule's range.
  var bindingLine: String? {
    if let binding { return "* binds: \(binding.requirement.name)" }
    return switch explanation.headroom.limit {
    case .room(let name): "binds: the rule's range of \(name), which ends before any requirement fails"
    case .requirements: "binds: no requirement was found whose slack is the headroom"
    case nil: nil
    }
  }

  /// What may leave, or must be added.
  var cashLine: String? {
    guard let quanta = explanation.headroom.quanta else { return nil }
    return quanta < 0
      ? "shortfall: \(Money.usd(quanta.magnitude)) USD of cash must be added"
      : "headroom: \(Money.usd(quanta)) USD of cash may leave the account"
  }

  var text: String {
    var blocks = [[conclusion]]
    if let bindingLine { blocks[0].append(bindingLine) }
    if let cashLine { blocks[0].append(cashLine) }
    blocks[0] += moves
    blocks.append(requirements)
    for requirement in parted { blocks.append(partTable(requirement)) }
    blocks.append(orders)
    blocks.append(withdrawals)
    return blocks.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
  }

  // MARK: Tables

  private var requirements: [String] {
    guard !explanation.requirements.isEmpty else { return [] }
    var table = TextTable(["", "requirement", "line", ">slack, USD of cash", ">slack, units of the rule", ""])
    var hidden = 0
    for (index, requirement) in explanation.requirements.enumerated() {
      let row = requirement.requirement
      // Rows that hold advice to its rule say nothing unless they fail.
      if row.supportsAdvice, row.holds, requirement.slackQuanta == nil {
        hidden += 1
        continue
      }
      table.add([
        index == explanation.binding ? "*" : "", row.name, "\(row.line)",
        requirement.slackQuanta.map(Money.usd) ?? "-", row.value.asInteger().description, row.verdict.text,
      ])
    }
    return table.lines
      + (hidden == 0 ? [] : ["and \(hidden) that hold values to their rules, all met (--json lists them)"])
  }

  /// Requirements with parts, the one that binds first.
  var parted: [AccountExplanation.Requirement] {
    let all = explanation.requirements.filter { !$0.parts.isEmpty }
    guard let binding, !binding.parts.isEmpty else { return all }
    return [binding] + all.filter { $0 != binding }
  }

  private func partTable(_ requirement: AccountExplanation.Requirement) -> [String] {
    let waterfall = Waterfall(requirement)
    var table = TextTable([requirement.requirement.name, ">" + waterfall.unit])
    for step in waterfall.steps { table.add([(step.isTotal ? "" : "  ") + step.name, step.text]) }
    return table.lines
  }

  private var orders: [String] {
    guard !explanation.orders.isEmpty else { return [] }
    var table = TextTable(["largest further order", "", ">lots", ">USD at the mark", "stopped by"])
    for order in explanation.orders {
      table.add([
        order.instrument, order.isPurchase ? "buy" : "sell", "\(order.lots)", Money.usd(order.valueQuanta),
        order.stop,
      ])
    }
    return table.lines
      + (omittedInstruments == 0
        ? [] : ["\(omittedInstruments) other instruments were not asked about; --orders all asks"])
  }

  private var withdrawals: [String] {
    guard !explanation.withdrawals.isEmpty else { return [] }
    var table = TextTable(["may be withdrawn", ">lots", ""])
    for withdrawal in explanation.withdrawals {
      table.add([withdrawal.asset, "\(withdrawal.lots)", amount(withdrawal)])
    }
    return table.lines
  }

  /// "of 0.0001 BTC"
  func amount(_ withdrawal: AccountExplanation.Withdrawal) -> String {
    let lot = rule.snapshot.collateral.first { $0.id == withdrawal.asset }?.lot
    return (lot.map { "of \($0)" } ?? "")
      + AccountExplanation.caveat(withdrawal.isExact, withdrawal.holdsAgainAt)
  }

  /// For each group the moves of its price at which the rule fails, or how far none was found, and what moved with it.
  var moves: [String] {
    var lines: [String] = []
    for search in explanation.headroom.prices {
      let still = search.held.isEmpty ? "" : "; still: \(search.held.joined(separator: ", "))"
      lines += [line(search.fall, "falls", search.group), line(search.rise, "rises", search.group)]
      lines.append("with \(search.group) move: \(search.moved.joined(separator: ", "))\(still)")
    }
    guard lines.isEmpty, !explanation.headroom.withoutGroup.isEmpty else { return lines }
    return ["no price was moved: nothing that the book has follows a group of the snapshot"]
  }

  private func line(_ side: MarginHeadroom.Side, _ way: String, _ group: String) -> String {
    let event = rule.key.kind == .maintenance ? "liquidation" : "margin call"
    switch side {
    case .fails(let move):
      let price = move.price.map { price in
        let (now, after) = (price.trillionths, price.trillionths(movedBy: move.ppm))
        return "about \(Money.price(after)) USD (now \(Money.price(now)), \(price.instrument)), "
      }
      return "\(event) of \(group): at \(price ?? "")"
        + "a move of \(Money.percent(move.ppm)), if all else in the snapshot stays as it is"
        + (move.isBeyondScenarios ? ", with gains on a straight line beyond the scenarios" : "")
    case .holds(let end):
      return "no \(event) of \(group) if its price \(way), at the moves tried up to \(Money.percent(end))"
    case .untried(_, .noScenario):
      return "\(event) of \(group) if its price \(way): not tried, no scenario moves it alone that way"
    case .untried(let end, .noRule):
      return "\(event) of \(group) if its price \(way): none up to \(Money.percent(end)), not tried beyond, "
        + "where the rule cannot be made of the moved snapshot"
    }
  }
}

/// A slack from its parts on: each definition with its parts and its total.
struct Waterfall {
  /// One line of it.
  struct Step {
    let name: String
    /// Units of the rule.
    let value: Int256
    /// The same in money, where units of the rule are.
    let quanta: Int64?
    /// Whether it is the sum of the lines above it rather than one of them.
    let isTotal: Bool

    var text: String { quanta.map { Money.usd($0) } ?? value.asInteger().description }

    /// For drawings.
    var length: Double { quanta.map { Double($0) } ?? Double(value.asInteger().description) ?? 0 }
  }

  /// The lines; the last is the slack.
  let steps: [Step]
  private let isMoney: Bool

  /// What the lines count.
  var unit: String { isMoney ? "USD" : "units of the rule" }

  init(_ requirement: AccountExplanation.Requirement) {
    isMoney = requirement.parts.allSatisfy { $0.quanta != nil }
    var order: [String?] = []
    var groups: [String?: [AccountExplanation.Part]] = [:]
    for part in requirement.parts {
      if groups[part.definition] == nil { order.append(part.definition) }
      groups[part.definition, default: []].append(part)
    }
    var steps: [Step] = []
    for definition in order {
      let parts = groups[definition, default: []].filter { ($0.quanta ?? 1) != 0 && $0.value != .zero }
      steps += parts.map { Step(name: $0.name, value: $0.value, quanta: $0.quanta, isTotal: false) }
      guard let definition else { continue }
      steps.append(
        Step(
          name: definition, value: parts.reduce(.zero) { $0 &+ $1.value },
          quanta: isMoney ? parts.reduce(Int64(0)) { $0 &+ ($1.quanta ?? 0) } : nil, isTotal: true))
    }
    steps.append(
      Step(
        name: isMoney ? "headroom" : "slack", value: requirement.requirement.value,
        quanta: isMoney ? requirement.slackQuanta : nil, isTotal: true))
    self.steps = steps
  }
}

/// Amounts as people write them.
enum Money {
  /// "-1,234,567.89": quanta of 10⁻⁶ USD, rounded down to the cent.
  static func usd(_ quanta: Int64) -> String {
    let cents = quanta >= 0 ? quanta / 10_000 : -((-(quanta + 1)) / 10_000) - 1
    return (cents < 0 ? "-" : "") + text(cents: cents.magnitude)
  }

  /// The same of a magnitude, rounded up: what must be added.
  static func usd(_ quanta: UInt64) -> String {
    text(cents: quanta / 10_000 + (quanta % 10_000 == 0 ? 0 : 1))
  }

  private static func text(cents: UInt64) -> String {
    let digits = String(cents / 100)
    let whole = digits.enumerated().map { index, digit in
      index > 0 && (digits.count - index).isMultiple(of: 3) ? ",\(digit)" : "\(digit)"
    }.joined()
    let rest = cents % 100
    return "\(whole).\(rest < 10 ? "0" : "")\(rest)"
  }

  /// "1234567.89", for programs.
  static func plain(_ quanta: Int64) -> String { usd(quanta).filter { $0 != "," } }

  /// "63,718.97", or with four digits that say something where it is less than 1 USD: "0.00001230"; rounded towards 0.
  ///
  /// - Parameter trillionths: in 10⁻¹² USD.
  static func price(_ trillionths: Int128) -> String {
    let sign = trillionths < 0 ? "-" : ""
    let magnitude = trillionths.magnitude
    guard magnitude < 1_000_000_000_000, magnitude > 0 else {
      return sign + text(cents: UInt64(clamping: magnitude / 10_000_000_000))
    }
    let digits = String(magnitude)
    let decimals = String(repeating: "0", count: 12 - digits.count) + digits
    return "\(sign)0.\(decimals.prefix(12 - digits.count + 4))"
  }

  /// "-12.34 %"
  static func percent(_ ppm: Int64) -> String {
    let hundredths = (ppm.magnitude + 50) / 100
    let cents = hundredths % 100
    return "\(ppm < 0 ? "-" : "+")\(hundredths / 100).\(cents < 10 ? "0" : "")\(cents) %"
  }
}

extension AccountExplanation {
  /// What is to be said of a largest size that is not certain.
  static func caveat(_ isExact: Bool, _ holdsAgainAt: Int64?) -> String {
    guard !isExact else { return "" }
    return "; at the sizes tried" + (holdsAgainAt.map { ", of which \($0) passes again" } ?? "")
  }
}

extension AccountExplanation.OrderRoom {
  /// What stops one lot more, and how certain that is.
  var stop: String { limit.text + AccountExplanation.caveat(isExact, holdsAgainAt) }
}

extension AccountExplanation.OrderRoom.Limit {
  /// What stops one lot more, in words.
  var text: String {
    switch self {
    case .requirement(let name): name
    case .maxLots(let lots): "maxLots, \(lots) lots of one account, not the margin"
    case .room(let name): "the rule's room for \(name), not the margin"
    }
  }

  /// The same for programs.
  var json: JSONValue {
    switch self {
    case .requirement(let name): ["kind": "requirement", "name": .string(name)]
    case .maxLots(let lots): ["kind": "maxLots", "lots": .integer(lots)]
    case .room(let name): ["kind": "room", "name": .string(name)]
    }
  }
}

extension Evaluation.Requirement.Verdict {
  /// The verdict as a word.
  var text: String {
    switch self {
    case .holds: "holds"
    case .fails: "fails"
    case .beyondBound: "beyond bound"
    }
  }
}
