internal import ExactIntegers

/// Runs the interpreter over intervals: finds every mistake that evaluation could meet, and makes
/// sure that fixed-width arithmetic is exact for all admitted books.
struct IntervalPass {
  private let interpreter: Interpreter<IntervalDomain>
  private(set) var problems = ProblemList()
  /// Of every cell, what its rule can give; of others, what they are admitted in.
  private(set) var ruleIntervals: [IntegerInterval]

  init(_ elaboration: Elaboration, _ evaluator: PublicEvaluator) {
    let cells = IntervalCells(elaboration.cells.map(\.interval))
    interpreter = Interpreter(evaluator: evaluator, domain: IntervalDomain(cells: cells))
    ruleIntervals = cells.values
    for step in elaboration.steps {
      do throws(Problem) {
        switch step {
        case .advice(let cell, let rule, let scope):
          ruleIntervals[cell] = try interpreter.number(rule, scope)
        case .product(let cell, let left, let right, let scope):
          let product = try interpreter.number(left, scope) * (try interpreter.number(right, scope))
          cells.values[cell] = try interpreter.domain.checked(product, at: left.range.union(right.range))
        }
      } catch {
        problems.append(error)
      }
    }
    for link in elaboration.links {
      collect { (interpreter) throws(Problem) in _ = try interpreter.number(link.form, link.scope) }
    }
    for requirement in elaboration.requirements {
      collect { (interpreter) throws(Problem) in _ = try interpreter.slack(of: requirement) }
    }
  }

  private mutating func collect(_ body: (Interpreter<IntervalDomain>) throws(Problem) -> Void) {
    do {
      try body(interpreter)
    } catch {
      problems.append(error)
    }
  }
}

extension Interpreter {
  /// What a requirement demands to be at least 0, or to be 0.
  func slack(of requirement: Elaboration.Requirement) throws(Problem) -> Number {
    let source = requirement.source
    let left = try number(source.left, requirement.scope)
    let right = try number(source.right, requirement.scope)
    let slack =
      source.relation == .atMost ? domain.difference(right, left) : domain.difference(left, right)
    return try domain.checked(slack, at: source.range)
  }
}
