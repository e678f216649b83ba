internal import ExactIntegers
internal import Ristretto

/// Books that differ from one in a few coordinates, and whether each of them can be proved: for searches that
/// ask about hundreds of sizes. Only what a change reaches is computed anew, so that the time of an answer
/// does not grow with the rest of the book. Secret, as the book is: it stays with the trader.
///
/// Sums of the tape are put together, v = c + Σ kᵢ·vᵢ, so that after a change v is its value before plus
/// Σ kᵢ·Δvᵢ over what has changed, exact modulo 2²⁵⁶ as all sums of the tape are.
package final class NearbyBooks {
  /// A value that is kept: read, computed by other than a sum, or a sum that is used as more than a part of
  /// one other sum.
  private enum Rule {
    /// A committed cell.
    case committed
    /// The value before and the changes of what it is a sum of.
    case sum
    /// A step over other values, by their numbers.
    case step(Tape.Operation, a: Int32, b: Int32, c: Int32)
  }

  /// What is looked at after a change.
  private enum Check {
    /// An advice value stays in its range.
    case advice(cell: Int)
    /// What a link gives is the value of its cell.
    case link(Int)
    case requirement(Int)
  }

  /// A value of which a sum has so much.
  private typealias Term = (value: Int32, factor: Int256)

  private let circuit: CompiledCircuit
  private let constants: [Int256]
  private var rules: [Rule] = []
  private let before: SecretBlock<Int256>
  private var now: SecretBlock<Int256>
  /// For every value those that are computed of it; in sums how much they have of it.
  private var users: [[Term]] = []
  private var checks: [[Check]] = []
  /// For every committed coordinate its cell.
  private var cells: [Int: Int] = [:]
  /// The number of the value that a committed coordinate is, where the tape reads it.
  private var inputs: [Int: Int32] = [:]
  /// The link of a coordinate, and the value that it has to be.
  private var links: [Int: (index: Int, value: Int32)] = [:]
  private let linkedAmounts: SecretBlock<Int256>
  /// What the last change reached, in order, and what of its terms.
  private var reached: (coordinates: [Int], values: [(value: Int32, terms: [Term])]) = ([], [])

  /// Nil unless the book itself can be proved.
  ///
  /// - Parameter committed: one value for every coordinate.
  package init?(_ circuit: CompiledCircuit, around committed: Span<Int64>) {
    guard let evaluation = try? circuit.evaluate(committed), evaluation.isProvable else { return nil }
    self.circuit = circuit
    let elaboration = circuit.elaboration
    let (steps, constants) = circuit.recording
    self.constants = constants
    var committedCells: [Int: Int] = [:]
    for (index, cell) in elaboration.cells.enumerated() {
      guard let coordinate = cell.coordinate else { continue }
      (cells[coordinate], committedCells[index]) = (index, coordinate)
    }
    // How often each step is used, and whether by other than one sum.
    var uses = [Int32](repeating: 0, count: steps.count)
    var isKept = [Bool](repeating: false, count: steps.count)
    func isSum(_ step: Tape.Step) -> Bool {
      switch step.operation {
      case .sum, .difference, .negation: true
      case .product: step.a < 0 || step.b < 0
      default: false
      }
    }
    for step in steps {
      let operands = [step.a, step.b, step.c].prefix(step.operation.operandCount)
      for operand in operands where operand >= 0 {
        uses[Int(operand)] += 1
        if !isSum(step) { isKept[Int(operand)] = true }
      }
    }
    for (index, step) in steps.enumerated() where step.operation.hasResult {
      if !isSum(step) || uses[index] != 1 { isKept[index] = true }
    }
    // Numbers of kept values: first constants, then steps in their order.
    var number = [Int32](repeating: -1, count: steps.count)
    var assigned: [Int: Int32] = [:]
    var values: [Int32] = []
    func operand(_ value: Int32) -> Int32 { value < 0 ? value : number[Int(value)] }
    var checked: [(check: Check, value: Int32)] = []
    var sums: [(value: Int32, terms: [Term])] = []
    for (index, step) in steps.enumerated() {
      switch step.operation {
      case .assign:
        // Advice or a product: the cell is another name of the value.
        assigned[Int(step.target)] = operand(step.a)
        // Products have no range of their own.
        if case .advice = elaboration.cells[Int(step.target)].role {
          checked.append((.advice(cell: Int(step.target)), operand(step.a)))
        }
      case .output:
        let (result, linkCount) = (Int(step.target), elaboration.links.count)
        checked.append(
          (result < linkCount ? .link(result) : .requirement(result - linkCount), operand(step.a)))
        if result < linkCount, let coordinate = committedCells[elaboration.links[result].cell] {
          links[coordinate] = (result, operand(step.a))
        }
      case .read:
        if let known = assigned[Int(step.a)] {
          number[index] = known
        } else {
          number[index] = Int32(rules.count)
          rules.append(.committed)
          values.append(Int32(index))
          if let coordinate = committedCells[Int(step.a)] { inputs[coordinate] = number[index] }
        }
      default:
        guard isKept[index] else { continue }
        number[index] = Int32(rules.count)
        values.append(Int32(index))
        guard isSum(step) else {
          rules.append(
            .step(step.operation, a: operand(step.a), b: operand(step.b), c: operand(step.c)))
          continue
        }
        sums.append((number[index], Self.terms(of: Int32(index), steps, constants, isKept, number)))
        rules.append(.sum)
      }
    }
    // The values of the book itself, by one walk over all steps.
    var all = SecretBlock<Int256>(repeating: .zero, count: steps.count)
    let amounts = SecretCells(count: elaboration.cells.count)
    for (cell, coordinate) in committedCells { amounts[cell] = Int256(committed[coordinate]) }
    func known(_ value: Int32) -> Int256 { value < 0 ? constants[Int(-1 - value)] : all[Int(value)] }
    for (index, step) in steps.enumerated() {
      switch step.operation {
      case .read: all[index] = amounts[Int(step.a)]
      case .assign: amounts[Int(step.target)] = known(step.a)
      case .output: break
      default:
        let count = step.operation.operandCount
        all[index] = step.operation.result(
          known(step.a), count > 1 ? known(step.b) : .zero, count > 2 ? known(step.c) : .zero)
      }
    }
    before = SecretBlock<Int256>(count: values.count) { all[Int(values[$0])] }
    now = SecretBlock<Int256>(count: values.count) { all[Int(values[$0])] }
    linkedAmounts = SecretBlock<Int256>(count: elaboration.links.count) {
      amounts[elaboration.links[$0].cell]
    }
    users = [[Term]](repeating: [], count: rules.count)
    checks = [[Check]](repeating: [], count: rules.count)
    for (check, value) in checked where value >= 0 { checks[Int(value)].append(check) }
    for (value, terms) in sums {
      for term in terms { users[Int(term.value)].append((value, term.factor)) }
    }
    for (index, rule) in rules.enumerated() {
      guard case .step(let operation, let a, let b, let c) = rule else { continue }
      for operand in [a, b, c].prefix(operation.operandCount) where operand >= 0 {
        users[Int(operand)].append((Int32(index), .zero))
      }
    }
  }

  /// The kept values that a sum is made of, with their factors. Parts that are used once are walked once.
  private static func terms(
    of root: Int32, _ steps: [Tape.Step], _ constants: [Int256], _ isKept: [Bool], _ number: [Int32]
  ) -> [Term] {
    var terms: [Term] = []
    var open: [(step: Int32, factor: Int256)] = [(root, Int256(1))]
    while let (index, factor) = open.popLast() {
      func add(_ value: Int32, _ factor: Int256) {
        guard value >= 0 else { return }
        // A read of a cell that a constant was assigned to has the number of the constant, and never changes.
        let known = number[Int(value)]
        if isKept[Int(value)] {
          if known >= 0 { terms.append((known, factor)) }
        } else {
          open.append((value, factor))
        }
      }
      let step = steps[Int(index)]
      switch step.operation {
      case .sum:
        add(step.a, factor)
        add(step.b, factor)
      case .difference:
        add(step.a, factor)
        add(step.b, .zero &- factor)
      case .negation: add(step.a, .zero &- factor)
      default:
        if step.a < 0 {
          add(step.b, factor &* constants[Int(-1 - step.a)])
        } else {
          add(step.a, factor &* constants[Int(-1 - step.b)])
        }
      }
    }
    return terms
  }

  /// Whether the book can be proved with these amounts in place of its own.
  package func isProvable(_ changes: [(coordinate: Int, amount: Int64)]) -> Bool {
    let coordinates = changes.map(\.coordinate)
    if coordinates != reached.coordinates { reached = (coordinates, values(reachedFrom: coordinates)) }
    defer { for (value, _) in reached.values { now[Int(value)] = before[Int(value)] } }
    var linked: [Int: Int256] = [:]
    for change in changes {
      let amount = Int256(change.amount)
      // What is not committed is proved to be 0.
      guard let cell = cells[change.coordinate] else {
        guard amount.isZero else { return false }
        continue
      }
      guard circuit.bounds[cell].contains(amount) else { return false }
      if let link = links[change.coordinate] { linked[link.index] = amount }
      if let input = inputs[change.coordinate] { now[Int(input)] = amount }
    }
    for (value, terms) in reached.values {
      let index = Int(value)
      switch rules[index] {
      case .committed: break
      case .sum:
        now[index] = terms.reduce(before[index]) { sum, term in
          sum &+ term.factor &* (now[Int(term.value)] &- before[Int(term.value)])
        }
      case .step(let operation, let a, let b, let c):
        let count = operation.operandCount
        now[index] = operation.result(
          known(a), count > 1 ? known(b) : .zero, count > 2 ? known(c) : .zero)
      }
      for check in checks[index] where !passes(check, now[index], linked) { return false }
    }
    // A link that the changes do not reach has to be what was committed all the same.
    return changes.allSatisfy { change in
      links[change.coordinate].map { known($0.value) == Int256(change.amount) } ?? true
    }
  }

  /// The values that change with these coordinates, in the order in which they are computed.
  private func values(reachedFrom coordinates: [Int]) -> [(value: Int32, terms: [Term])] {
    var terms: [Int32: [Term]] = [:]
    var open = coordinates.compactMap { inputs[$0] }
    for value in open { terms[value] = [] }
    while let value = open.popLast() {
      for user in users[Int(value)] {
        if terms[user.value] == nil { open.append(user.value) }
        terms[user.value, default: []].append((value, user.factor))
      }
    }
    return terms.keys.sorted().map { ($0, terms[$0] ?? []) }
  }

  private func known(_ value: Int32) -> Int256 {
    value < 0 ? constants[Int(-1 - value)] : now[Int(value)]
  }

  private func passes(_ check: Check, _ value: Int256, _ linked: [Int: Int256]) -> Bool {
    switch check {
    case .advice(let cell): return circuit.bounds[cell].contains(value)
    case .link(let index): return value == linked[index] ?? linkedAmounts[index]
    case .requirement(let index):
      if circuit.elaboration.requirements[index].source.relation == .equal { return value.isZero }
      return !value.isNegative && !(circuit.slackBounds[index] < value)
    }
  }
}
