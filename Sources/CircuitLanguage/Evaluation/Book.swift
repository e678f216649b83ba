internal import ExactIntegers

/// A book that the circuit admits, with all its secret values.
struct Book {
  let cells: SecretCells
  let interpreter: Interpreter<ValueDomain>
}

extension CompiledCircuit {
  /// Runs the rules of the circuit over a book and checks ranges and links, in plain integers.
  func book(_ committed: Span<Int64>) throws(WitnessError) -> Book {
    guard committed.count == coordinates.count else {
      throw .wrongCoordinateCount(expected: coordinates.count, actual: committed.count)
    }
    let cells = SecretCells(count: elaboration.cells.count)
    try fill(cells, from: committed)
    let evaluator = PublicEvaluator(program: program, meter: Meter(for: program))
    let interpreter = Interpreter(evaluator: evaluator, domain: ValueDomain(cells: cells))
    for step in elaboration.steps {
      switch step {
      case .advice(let cell, let rule, let scope):
        let value = try sound { () throws(Problem) in try interpreter.number(rule, scope) }
        guard bounds[cell].contains(value) else {
          throw .beyondBound(name: elaboration.cells[cell].name)
        }
        cells[cell] = value
      case .product(let cell, let left, let right, let scope):
        cells[cell] = try sound { () throws(Problem) in
          try interpreter.number(left, scope) &* (try interpreter.number(right, scope))
        }
      }
    }
    for link in elaboration.links {
      let value = try sound { () throws(Problem) in try interpreter.number(link.form, link.scope) }
      guard value == cells[link.cell] else { throw notAdmitted(link.cell) }
    }
    return Book(cells: cells, interpreter: interpreter)
  }

  /// Copies the committed values to their cells; everything else must be 0.
  private func fill(_ cells: SecretCells, from committed: Span<Int64>) throws(WitnessError) {
    var isCommitted = [Bool](repeating: false, count: coordinates.count)
    for (index, cell) in elaboration.cells.enumerated() {
      guard let coordinate = cell.coordinate else { continue }
      isCommitted[coordinate] = true
      let value = Int256(committed[coordinate])
      guard bounds[index].contains(value) else {
        throw .notAdmitted(coordinate: coordinates.names[coordinate])
      }
      cells[index] = value
    }
    for coordinate in committed.indices where !isCommitted[coordinate] && committed[coordinate] != 0 {
      throw .notAdmitted(coordinate: coordinates.names[coordinate])
    }
  }

  private func notAdmitted(_ cell: Int) -> WitnessError {
    elaboration.cells[cell].coordinate.map { .notAdmitted(coordinate: coordinates.names[$0]) }
      ?? .inconsistent
  }

  /// The interval pass has evaluated the same expressions, so they cannot fail here.
  func sound<Result>(_ body: () throws(Problem) -> Result) throws(WitnessError) -> Result {
    do {
      return try body()
    } catch {
      throw .inconsistent
    }
  }
}

extension Cell {
  /// The coordinate whose value the cell is.
  var coordinate: Int? {
    switch role {
    case .committed(let coordinate), .linked(let coordinate): coordinate
    case .advice, .product: nil
    }
  }
}
