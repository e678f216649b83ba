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
  /// When the snapshot is to apply.
  let now: Timestamp

  /// Whether the snapshot applies.
  var validity: SnapshotValidity { SnapshotValidity(snapshot: rule.snapshot, now: now) }

  /// Name and kind of the rule.
  var ruleName: String { "\(rule.circuitName) (\(rule.key.kind.rawValue))" }

  var conclusion: String {
    let evaluation = explanation.evaluation
    return switch evaluation.admission {
    case .notAdmitted(let coordinate):
      BookRefusal(rule: rule, amounts: explanation.amounts).text(of: coordinate) + "."
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

  /// The requirement that decides.
  var binding: AccountExplanation.Requirement? {
    explanation.binding.map { explanation.requirements[$0] }
  }

  /// What decides: a requirement, or the end of the rule's range.
  var bindingLine: String? {
    if let binding { return "* binds: \(binding.requirement.name)" }
    guard hasRoomForCash else { return nil }
    return switch explanation.headroom.limit {
    case .room(let name): "binds: the rule's range of \(name), which ends before any requirement fails"
    case .requirements: "binds: no requirement was found whose slack is the headroom"
    case nil: nil
    }
  }

  /// Whether the rule commits cash at all.
  var hasRoomForCash: Bool { rule.compiled.room(for: Registry.cash) != .nothing }

  /// The cash that may leave, less than 0 what must be added; nil where no amount of cash decides.
  var headroomQuanta: Int64? { hasRoomForCash ? explanation.headroom.quanta : nil }

  /// What may leave, or must be added.
  var cashLine: String? {
    guard hasRoomForCash else { return "this rule has no room for cash" }
    if let incurable = explanation.incurable {
      let names = incurable.rows.map { explanation.requirements[$0].requirement.name }
      let more = names.count > 3 ? " and \(names.count - 3) more" : ""
      let others =
        incurable.othersQuanta > 0
        ? "; the others hold with \(Money.usd(incurable.othersQuanta.magnitude)) USD of cash added" : ""
      return "shortfall: cash does not cure it: with all the cash that the rule has room for there fails "
        + names.prefix(3).joined(separator: ", ") + more + others
    }
    guard let quanta = headroomQuanta else { return nil }
    return quanta < 0
      ? "shortfall: \(Money.usd(quanta.magnitude)) USD of cash must be added"
      : "headroom: \(Money.usd(quanta)) USD of cash may leave the account"
  }

  var text: String {
    var blocks = [[conclusion, "snapshot: \(validity.heading)"] + flagNotes]
    if let bindingLine { blocks[0].append(bindingLine) }
    if let cashLine { blocks[0].append(cashLine) }
    blocks[0] += moves
    blocks.append(requirements)
    for requirement in parted { blocks.append(partTable(requirement)) }
    blocks.append(orders)
    blocks.append(withdrawals)
    return blocks.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
  }

  /// What halt level and flags forbid of what is held.
  private var flagNotes: [String] {
    switch rule.snapshot.haltLevel {
    case 0: break
    case 1, 2: return ["halt level \(rule.snapshot.haltLevel): positions may only be reduced"]
    default: return ["halt level \(rule.snapshot.haltLevel): no orders at all"]
    }
    let held = Set(explanation.amounts.map(\.coordinate))
    let closing = rule.snapshot.instruments.filter { instrument in
      (instrument.flags.closeOnly || instrument.flags.stale)
        && held.contains(Registry.position(instrument.id))
    }
    return closing.isEmpty
      ? []
      : ["closeOnly or stale, may only be reduced: " + closing.map(\.id).joined(separator: ", ")]
  }

  /// What is to be said of the snapshot before its numbers are believed.
  var notes: [String] { [validity.note].compactMap(\.self) + flagNotes }

  // MARK: Tables

  private var requirements: [String] {
    guard !explanation.requirements.isEmpty else { return [] }
    var table = TextTable(["", "requirement", "line", ">slack, USD of cash", ">slack, units of the rule", ""])
    var hidden = 0
    for (index, requirement) in explanation.requirements.enumerated() {
      let row = requirement.requirement
      if Self.isHelper(requirement) {
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

  /// Whether a row holds advice to its rule, and so says nothing unless it fails.
  static func isHelper(_ requirement: AccountExplanation.Requirement) -> Bool {
    requirement.requirement.supportsAdvice && requirement.requirement.holds && requirement.slackQuanta == nil
  }

  /// Requirements with parts, the one that binds first.
  var parted: [AccountExplanation.Requirement] {
    let all = explanation.requirements.filter { !$0.parts.isEmpty }
    guard let binding, !binding.parts.isEmpty else { return all }
    return [binding] + all.filter { $0 != binding }
  }

  private func partTable(_ requirement: AccountExplanation.Requirement) -> [String] {
    let waterfall = Waterfall(requirement, words)
    var table = TextTable([requirement.requirement.name, ">" + waterfall.unit, ""])
    for step in waterfall.steps {
      table.add([(step.isTotal ? "" : "  ") + step.name, step.text, step.remark])
    }
    return table.lines
  }

  /// What parts are, in words.
  var words: PartWords {
    PartWords(rule: rule, scenarios: explanation.scenarios, amounts: explanation.amounts)
  }

  /// The largest further orders, as far as the flags of the snapshot let them.
  var shownOrders: [ShownOrder] {
    let sizes = LotSizes(of: rule.snapshot)
    let held = Dictionary(explanation.amounts.map { ($0.coordinate, $0.value) }) { first, _ in first }
    return explanation.orders.map { room in
      ShownOrder(
        room, held: held[Registry.position(room.instrument), default: 0], in: rule.snapshot, sizes)
    }
  }

  /// Which instruments were not asked about, and how they are; nil where orders are not looked for at all.
  var omittedNote: String? {
    guard omittedInstruments > 0, explanation.evaluation.isProvable else { return nil }
    let number = "\(omittedInstruments) \(explanation.orders.isEmpty ? "" : "other ")instrument"
    let sentence = omittedInstruments == 1 ? "\(number) was" : "\(number)s were"
    let holdsNone = !explanation.amounts.contains { $0.coordinate.hasPrefix(Registry.position("")) }
    return "\(sentence) not asked about the largest further order\(holdsNone ? ", none of them held" : ""); "
      + "--orders all asks"
  }

  private var orders: [String] {
    let note = [omittedNote].compactMap(\.self)
    guard !explanation.orders.isEmpty else { return note }
    var table = TextTable([
      "largest further order, each alone", "", ">lots", ">amount", ">USD at the mark", "stopped by",
    ])
    for order in shownOrders {
      table.add([
        order.instrument, order.isPurchase ? "buy" : "sell", "\(order.lots)", order.amount ?? "-",
        Money.usd(order.valueQuanta), order.limitText,
      ])
    }
    return table.lines + note
  }

  private var withdrawals: [String] {
    guard !explanation.withdrawals.isEmpty else { return [] }
    var table = TextTable(["may be withdrawn, each without the others", ">lots", ">amount", ""])
    for withdrawal in explanation.withdrawals {
      table.add([withdrawal.asset, "\(withdrawal.lots)", amount(withdrawal) ?? "-", withdrawal.caveat])
    }
    return table.lines
  }

  /// "1.688 BTC"
  func amount(_ withdrawal: AccountExplanation.Withdrawal) -> String? {
    LotSizes(of: rule.snapshot).text(withdrawal.lots, of: Registry.holding(withdrawal.asset))
  }

  /// For each group the moves of its price at which the rule fails, or how far none was found, and what moved
  /// with it.
  var moves: [String] {
    var lines: [String] = []
    for search in explanation.headroom.prices {
      let still = search.held.isEmpty ? "" : "; still: \(search.held.joined(separator: ", "))"
      lines += [line(search.fall, "falls", search.group), line(search.rise, "rises", search.group)]
      lines.append("with \(search.group) move: \(search.moved.joined(separator: ", "))\(still)")
    }
    if !lines.isEmpty { return lines + [Self.movesNote] }
    guard !explanation.headroom.withoutGroup.isEmpty else { return [] }
    return ["no price was moved: nothing that the book has follows a group of the snapshot"]
  }

  private func line(_ side: MarginHeadroom.Side, _ way: String, _ group: String) -> String {
    switch side {
    case .fails(let move):
      guard move.ppm != 0 else { return "\(group): \(consequence), already at the limit" }
      let price = move.price.map { price in
        let (now, after) = (price.trillionths, price.trillionths(movedBy: move.ppm))
        return "about \(Money.price(after)) USD (now \(Money.price(now)), \(price.instrument)), "
      }
      return "\(group): \(consequence) at \(price ?? "")a move of \(Money.percent(move.ppm))"
        + (move.isBeyondScenarios ? ", with gains on a straight line beyond the scenarios" : "")
    case .holds(let end):
      return "\(group): if its price \(way), no failure at the moves tried, up to \(Money.percent(end))"
    case .untried(_, .noScenario):
      return "\(group): if its price \(way), not tried: no scenario moves it alone that way"
    case .untried(let end, .noRule):
      return "\(group): if its price \(way), no failure up to \(Money.percent(end)), not tried beyond, "
        + "where the rule cannot be made of the moved snapshot"
    }
  }

  /// What is moved, and what is not.
  static let movesNote =
    "with a price move marks, along the snapshot's scenarios of unmoved volatility, and holdings and debts that follow the group, "
    + "in proportion; scenario losses, bracket margins, charges and all else stay as they are in USD"

  /// Rules that a venue asks margin by: what it means to miss one is known.
  private static let marginRules = ["cross-margin", "option-minimum", "portfolio-margin", "value-at-risk"]

  /// What it means for the account that the rule is missed.
  private var consequence: String {
    let source = rule.compiled.circuit.sourceBytes
    let isMargin = BuiltInCircuits.sources.contains { name, text in
      Self.marginRules.contains(name) && text.utf8.elementsEqual(source)
    }
    guard isMargin else { return "the rule fails" }
    return switch rule.key.kind {
    case .initial: "initial margin is missed"
    case .maintenance: "liquidation"
    }
  }
}

extension AccountExplanation {
  /// What is to be said of a largest size that is not certain; empty where it is.
  fileprivate static func caveat(_ isExact: Bool, _ holdsAgainAt: Int64?) -> String {
    guard !isExact else { return "" }
    return "at the sizes tried" + (holdsAgainAt.map { ", of which \($0) passes again" } ?? "")
  }
}

extension AccountExplanation.OrderRoom {
  /// What is to be said of a size that is not certain; empty where it is.
  var caveat: String { AccountExplanation.caveat(isExact, holdsAgainAt) }
}

extension AccountExplanation.Withdrawal {
  /// What is to be said of a size that is not certain; empty where it is.
  var caveat: String { AccountExplanation.caveat(isExact, holdsAgainAt) }
}

extension AccountExplanation.OrderRoom.Limit {
  /// What stops one lot more, in words.
  var text: String {
    switch self {
    case .requirement(let name): name
    case .maxLots(let lots): "maxLots, \(lots) lots of one account, not the margin"
    case .range(let name, let end):
      "the circuit's range of \(name), which ends at \(Money.grouped(String(end))) lots, not the margin"
    case .notCommitted(let name): "the circuit does not commit \(name): no order that changes it can be held"
    case .room(let name): "the rule's room for \(name), not the margin"
    }
  }

  /// The same for programs.
  var json: JSONValue {
    switch self {
    case .requirement(let name): ["kind": "requirement", "name": .string(name)]
    case .maxLots(let lots): ["kind": "maxLots", "lots": .integer(lots)]
    case .range(let name, let end): ["kind": "range", "name": .string(name), "lots": .integer(end)]
    case .notCommitted(let name): ["kind": "notCommitted", "name": .string(name)]
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
