internal import ExactIntegers
internal import Ristretto

/// A book that the circuit admits, with all its secret values.
struct Book: ~Copyable {
  let cells: SecretCells
  /// What the links give, then the slacks of the requirements.
  private let results: SecretBlock<Int256>
  private let linkCount: Int

  init(_ cells: SecretCells, _ results: consuming SecretBlock<Int256>, linkCount: Int) {
    self.cells = cells
    self.results = results
    self.linkCount = linkCount
  }

  func link(_ index: Int) -> Int256 { results[index] }

  /// What a requirement demands to be at least 0, or to be 0.
  func slack(_ requirement: Int) -> Int256 { results[linkCount + requirement] }
}

extension CompiledCircuit {
  /// Runs the rules of the circuit over a book and checks ranges and links, in plain integers.
  func book(_ committed: Span<Int64>) throws(WitnessError) -> Book {
    guard committed.count == coordinates.count else {
      throw .wrongCoordinateCount(expected: coordinates.count, actual: committed.count)
    }
    let cells = SecretCells(count: elaboration.cells.count)
    try fill(cells, from: committed)
    let book = Book(cells, tape.run(cells), linkCount: elaboration.links.count)
    for case .advice(let cell, _, _) in elaboration.steps where !bounds[cell].contains(cells[cell]) {
      throw .beyondBound(name: elaboration.cells[cell].name)
    }
    for (index, link) in elaboration.links.enumerated() where !(book.link(index) == cells[link.cell]) {
      throw notAdmitted(link.cell)
    }
    return book
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

  /// Every advice and product, and every slack, as the interpreter computes them from the source: what the
  /// tape is tested against.
  ///
  /// - Returns: the cells in order, then the slacks; nil if the circuit does not admit the book's committed
  ///   values.
  package func interpretedValues(of committed: [Int64]) -> [Int256]? {
    let cells = SecretCells(count: elaboration.cells.count)
    guard committed.count == coordinates.count, (try? fill(cells, from: committed.span)) != nil else {
      return nil
    }
    let evaluator = PublicEvaluator(program: program, meter: Meter(for: program))
    let interpreter = Interpreter(evaluator: evaluator, domain: ValueDomain(cells: cells))
    do throws(Problem) {
      for step in elaboration.steps {
        switch step {
        case .advice(let cell, let rule, let scope):
          cells[cell] = try interpreter.number(evaluator[rule], scope)
        case .product(let cell, let left, let right, let scope):
          let left = try interpreter.number(evaluator[left], scope)
          cells[cell] = left &* (try interpreter.number(evaluator[right], scope))
        }
      }
      var values = elaboration.cells.indices.map { cells[$0] }
      for requirement in elaboration.requirements { values.append(try interpreter.slack(of: requirement)) }
      return values
    } catch {
      return nil
    }
  }

  /// The same as the tape computes them.
  package func tapedValues(of committed: [Int64]) -> [Int256]? {
    let cells = SecretCells(count: elaboration.cells.count)
    guard committed.count == coordinates.count, (try? fill(cells, from: committed.span)) != nil else {
      return nil
    }
    return values(cells)
  }

  /// The same of committed values that are admitted: nothing looks whether they are, so that nothing here
  /// branches on them.
  ///
  /// - Parameter committed: one value for every coordinate, which may not be looked at.
  package func tapedValues(ofAdmitted committed: Span<Int64>) -> [Int256] {
    let cells = SecretCells(count: elaboration.cells.count)
    for (index, cell) in elaboration.cells.enumerated() {
      if let coordinate = cell.coordinate { cells[index] = Int256(committed[coordinate]) }
    }
    return values(cells)
  }

  private func values(_ cells: SecretCells) -> [Int256] {
    let book = Book(cells, tape.run(cells), linkCount: elaboration.links.count)
    return elaboration.cells.indices.map { cells[$0] }
      + elaboration.requirements.indices.map { book.slack($0) }
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
