internal import ExactIntegers

/// Runs the interpreter over intervals: finds every mistake that evaluation could meet, makes sure that
/// fixed-width arithmetic is exact for all admitted books, and records the tape that books run through.
struct IntervalPass {
  private(set) var problems = ProblemList()
  /// Of every cell, what its rule can give; of others, what they are admitted in.
  private(set) var ruleIntervals: [IntegerInterval]
  /// The rules; the results are the links, then the slacks of the requirements.
  private(set) var tape: LazyTape?

  init(_ elaboration: Elaboration, _ evaluator: PublicEvaluator) {
    ruleIntervals = elaboration.cells.map(\.interval)
    let recorder = TapeRecorder(elaboration.cells, limit: evaluator.meter.mostRecordedSteps)
    do throws(Problem) {
      try record(elaboration, evaluator, recorder)
    } catch {
      tape = nil
      if recorder.isFull {
        problems.append(error)
        return
      }
      // Once more with integers of any size, which find all mistakes and say how large a value is.
      ruleIntervals = elaboration.cells.map(\.interval)
      problems = Self.problems(of: elaboration, evaluator.restarted)
      if problems.isEmpty { problems.append(error) }
    }
  }

  private mutating func record(
    _ elaboration: Elaboration, _ evaluator: PublicEvaluator, _ recorder: TapeRecorder
  ) throws(Problem) {
    let interpreter = Interpreter(
      evaluator: evaluator, domain: RecordingDomain(recorder: recorder), keepingValues: true)
    for step in elaboration.steps {
      switch step {
      case .advice(let cell, let rule, let scope):
        let number = try interpreter.number(evaluator[rule], scope)
        ruleIntervals[cell] = IntegerInterval(number.lower.asInteger(), number.upper.asInteger())
        recorder.assign(number, to: cell, isProduct: false)
      case .product(let cell, let left, let right, let scope):
        let (left, right) = (evaluator[left], evaluator[right])
        let factors = (try interpreter.number(left, scope), try interpreter.number(right, scope))
        let product = try interpreter.domain.checked(
          interpreter.domain.product(factors.0, factors.1), at: left.range.union(right.range))
        recorder.assign(product, to: cell, isProduct: true)
      }
    }
    for (index, link) in elaboration.links.enumerated() {
      recorder.output(try interpreter.number(evaluator[link.form], link.scope), as: index)
    }
    for (index, requirement) in elaboration.requirements.enumerated() {
      recorder.output(try interpreter.slack(of: requirement), as: elaboration.links.count + index)
    }
    tape = LazyTape(
      recorded: recorder.steps, constants: recorder.constants,
      outputCount: elaboration.links.count + elaboration.requirements.count)
  }

  /// Every mistake, with the magnitude of what would wrap.
  private static func problems(of elaboration: Elaboration, _ evaluator: PublicEvaluator) -> ProblemList {
    var problems = ProblemList()
    let cells = IntervalCells(elaboration.cells.map(\.interval))
    let interpreter = Interpreter(evaluator: evaluator, domain: IntervalDomain(cells: cells))
    func collect(_ body: () throws(Problem) -> Void) {
      do throws(Problem) { try body() } catch { problems.append(error) }
    }
    for step in elaboration.steps {
      collect { () throws(Problem) in
        switch step {
        case .advice(_, let rule, let scope):
          _ = try interpreter.number(evaluator[rule], scope)
        case .product(let cell, let left, let right, let scope):
          let (left, right) = (evaluator[left], evaluator[right])
          let product = try interpreter.number(left, scope) * (try interpreter.number(right, scope))
          cells.values[cell] = try interpreter.domain.checked(product, at: left.range.union(right.range))
        }
      }
    }
    for link in elaboration.links {
      collect { () throws(Problem) in _ = try interpreter.number(evaluator[link.form], link.scope) }
    }
    for requirement in elaboration.requirements {
      collect { () throws(Problem) in _ = try interpreter.slack(of: requirement) }
    }
    return problems
  }
}

extension Interpreter {
  /// What a requirement demands to be at least 0, or to be 0.
  func slack(of requirement: Elaboration.Requirement) throws(Problem) -> Number {
    let source = requirement.source
    let left = try number(evaluator[requirement.left], requirement.scope)
    let right = try number(evaluator[requirement.right], requirement.scope)
    let slack =
      source.relation == .atMost ? domain.difference(right, left) : domain.difference(left, right)
    return try domain.checked(slack, at: source.range)
  }
}
