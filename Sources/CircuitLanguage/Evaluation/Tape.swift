internal import ExactIntegers
internal import Ristretto
internal import Synchronization

/// The rules, links and requirements of a compiled circuit as one list of steps over registers: no names, no
/// loops, no choices. A book runs through it once.
///
/// Branch-free in secrets: which registers a step reads is public, and every step takes the same time for all
/// values. Sums and products are exact because the recording has carried intervals through all of them.
struct Tape: Sendable {
  enum Operation: UInt8, Sendable {
    /// target := cell a
    case read
    /// cell target := a
    case assign
    /// result target := a
    case output
    case sum, difference, product, negation, maximum, minimum
    /// ⌊a / b⌋, b ≥ 1.
    case quotient
    // 1 if it holds, else 0.
    case equal, less, both, either, not
    /// a if c is 1, b if it is 0.
    case select
  }

  /// Registers by number; constants are the first of them.
  struct Step: Sendable {
    var operation: Operation
    var target: Int32
    var a: Int32
    var b: Int32 = 0
    var c: Int32 = 0
  }

  private let constants: [Int256]
  private let registerCount: Int
  private let steps: [Step]
  private let outputCount: Int
  /// How many steps a run takes.
  var stepCount: Int { steps.count }

  /// - Parameters:
  ///   - recorded: steps in which every value has a number of its own: a step of the list, or −1 − k for
  ///     constant k.
  ///   - outputCount: the number of results.
  init(recorded: [Step], constants: [Int256], outputCount: Int) {
    self.constants = constants
    self.outputCount = outputCount
    // The last step that reads each value.
    var lastUse = [Int32](repeating: -1, count: recorded.count)
    for (index, step) in recorded.enumerated() {
      let count = step.operation.operandCount
      if count > 0, step.a >= 0 { lastUse[Int(step.a)] = Int32(index) }
      if count > 1, step.b >= 0 { lastUse[Int(step.b)] = Int32(index) }
      if count > 2, step.c >= 0 { lastUse[Int(step.c)] = Int32(index) }
    }
    var free: [Int32] = []
    var count = Int32(constants.count)
    var registers = [Int32](repeating: 0, count: recorded.count)
    var steps = recorded
    for (index, step) in recorded.enumerated() {
      let operands = step.operation.operandCount
      // Where an operand is. A register is free again for the result of the step that reads it last.
      func register(of value: Int32) -> Int32 {
        guard value >= 0 else { return -1 - value }
        let register = registers[Int(value)]
        if lastUse[Int(value)] == Int32(index) {
          lastUse[Int(value)] = Int32(recorded.count)
          free.append(register)
        }
        return register
      }
      if operands > 0 { steps[index].a = register(of: step.a) }
      if operands > 1 { steps[index].b = register(of: step.b) }
      if operands > 2 { steps[index].c = register(of: step.c) }
      guard step.operation.hasResult else { continue }
      if let reused = free.popLast() {
        registers[index] = reused
      } else {
        registers[index] = count
        count += 1
      }
      steps[index].target = registers[index]
      if lastUse[index] < 0 { free.append(registers[index]) }
    }
    self.steps = steps
    registerCount = Int(count)
  }

  /// Computes what the rules give from the committed cells.
  ///
  /// - Parameter cells: the committed ones are there; the others are assigned.
  /// - Returns: the results in their order.
  func run(_ cells: SecretCells) -> SecretBlock<Int256> {
    var registers = SecretBlock<Int256>(count: registerCount) {
      $0 < constants.count ? constants[$0] : .zero
    }
    var outputs = SecretBlock<Int256>(repeating: .zero, count: outputCount)
    registers.withMutableSpan { r in
      for step in steps {
        let (target, a) = (Int(step.target), Int(step.a))
        switch step.operation {
        case .read: r[target] = cells[a]
        case .assign: cells[target] = r[a]
        case .output: outputs[target] = r[a]
        case .sum: r[target] = r[a] &+ r[Int(step.b)]
        case .difference: r[target] = r[a] &- r[Int(step.b)]
        case .product: r[target] = r[a] &* r[Int(step.b)]
        case .negation: r[target] = -r[a]
        case .maximum: r[target] = Int256.max(r[a], r[Int(step.b)])
        case .minimum: r[target] = Int256.min(r[a], r[Int(step.b)])
        case .quotient: r[target] = r[a].flooredQuotient(dividingBy: r[Int(step.b)])
        case .equal: r[target] = Int256.truth(r[a] == r[Int(step.b)])
        case .less: r[target] = Int256.truth(r[a] < r[Int(step.b)])
        case .both: r[target] = r[a] &* r[Int(step.b)]
        case .either: r[target] = Int256.max(r[a], r[Int(step.b)])
        case .not: r[target] = Int256(1) &- r[a]
        case .select:
          r[target] = Int256.select(r[a], r[Int(step.b)], if: !r[Int(step.c)].isZero)
        }
      }
    }
    return outputs
  }
}

/// A tape whose registers are given out when it is first asked for.
final class LazyTape: Sendable {
  /// The steps, in which every value has a number of its own: a step, or −1 − k for constant k.
  let recorded: [Tape.Step]
  let constants: [Int256]
  private let outputCount: Int
  private let made = Mutex<Tape?>(nil)

  /// As of the tape.
  init(recorded: [Tape.Step], constants: [Int256], outputCount: Int) {
    (self.recorded, self.constants, self.outputCount) = (recorded, constants, outputCount)
  }

  var tape: Tape {
    made.withLock { made in
      if let made { return made }
      let new = Tape(recorded: recorded, constants: constants, outputCount: outputCount)
      made = new
      return new
    }
  }
}

extension Tape.Operation {
  var hasResult: Bool { self != .assign && self != .output }

  /// How many registers it reads.
  var operandCount: Int {
    switch self {
    case .read: 0
    case .assign, .output, .negation, .not: 1
    case .sum, .difference, .product, .maximum, .minimum, .quotient, .equal, .less, .both, .either: 2
    case .select: 3
    }
  }
}

extension Tape.Operation {
  /// What a step that has a result and is no read computes of its operands.
  func result(_ a: Int256, _ b: Int256, _ c: Int256) -> Int256 {
    switch self {
    case .sum: a &+ b
    case .difference: a &- b
    case .product, .both: a &* b
    case .negation: -a
    case .maximum, .either: Int256.max(a, b)
    case .minimum: Int256.min(a, b)
    case .quotient: a.flooredQuotient(dividingBy: b)
    case .equal: Int256.truth(a == b)
    case .less: Int256.truth(a < b)
    case .not: Int256(1) &- a
    case .select: Int256.select(a, b, if: !c.isZero)
    case .read, .assign, .output: a
    }
  }
}

extension Int256 {
  /// 1 or 0. No branch on the condition.
  fileprivate static func truth(_ condition: Bool) -> Int256 {
    select(Int256(1), .zero, if: condition)
  }
}
