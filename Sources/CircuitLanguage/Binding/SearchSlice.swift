internal import CircuitProofs
internal import ExactIntegers

/// A circuit with all but a few committed values as in the empty book: small linear programs.
struct SearchSlice {
  let space: SearchSpace
  let support: SearchSpace.Support
  /// The variables that may move; the others are as in the empty book.
  let variables: [Int]
  /// Both sides of coordinates outside the set, which share the last column: as much of each, so that their books have
  /// nothing there. Only sides that help a row if raised together.
  private let phantoms: [Int]
  private let column: [Int: Int]
  /// Of every committed cell of the support, what its coordinate is made of, over the columns.
  private let made: [Int: [(variable: Int, coefficient: Integer)]]
  /// Rows over the columns that can fail and hold no product.
  private let rows: [LinearProgram.Row]
  /// Rows that hold products, taken by their tangents.
  private let productRows: [Int]

  private var draft: StatementDraft { space.statement.draft }

  init(_ space: SearchSpace, _ support: SearchSpace.Support, _ sources: [Set<Int>]) {
    self.space = space
    self.support = support
    let cells = space.compiled.elaboration.cells
    let draft = space.statement.draft
    let count = space.statement.variableCount
    let chosen = Set(support.committed)
    var moving: Set<Int> = []
    for cell in support.committed {
      guard let coordinate = cells[cell].coordinate, let form = draft.links[0][coordinate] else { continue }
      for term in form.terms where term.variable < count { moving.insert(term.variable) }
    }
    for (cell, variable) in space.adviceCells where !sources[cell].isDisjoint(with: chosen) {
      moving.insert(variable)
    }
    // Advice whose rule reads nothing, as long as it is little.
    for (_, variable) in space.adviceCells.filter({ sources[$0.cell].isEmpty }).prefix(32) {
      moving.insert(variable)
    }
    variables = moving.sorted()
    let bounds = draft.variableBounds
    phantoms = space.phantoms.filter { pair in
      !chosen.contains(pair.cell)
        && [pair.plus, pair.minus].allSatisfy { !moving.contains($0) && space.emptyValues[$0] < bounds[$0] }
    }.flatMap { [$0.plus, $0.minus] }
    var column: [Int: Int] = [:]
    for (index, variable) in variables.enumerated() { column[variable] = index }
    for variable in phantoms { column[variable] = variables.count }
    self.column = column
    var made: [Int: [(variable: Int, coefficient: Integer)]] = [:]
    for cell in support.committed {
      guard let coordinate = cells[cell].coordinate, let form = draft.links[0][coordinate] else { continue }
      made[cell] = form.terms.compactMap { term in
        column[term.variable].map { ($0, term.coefficient) }
      }
    }
    self.made = made
    var (rows, products) = ([LinearProgram.Row](), [Int]())
    for (index, row) in draft.rows.enumerated() where space.canFail[index] {
      if row.form.terms.contains(where: { $0.variable >= count }) {
        products.append(index)
        continue
      }
      let made = Self.row(row.form, space.isEquality[index], column, Set(phantoms), space.emptyValues)
      if !made.terms.isEmpty { rows.append(made) }
    }
    self.rows = rows
    productRows = products
  }

  /// A form over the columns, the other variables as in the empty book.
  private static func row(
    _ form: AffineForm, _ isEquality: Bool, _ column: [Int: Int], _ phantoms: Set<Int>, _ fixed: [Integer]
  ) -> LinearProgram.Row {
    var row = LinearProgram.Row(terms: [], constant: form.constant, upper: isEquality ? 0 : nil)
    var (shared, both): (Int?, Integer) = (nil, 0)
    for term in form.terms {
      let index = column[term.variable]
      // Both sides of a coordinate outside rise from where the empty book has them.
      if phantoms.contains(term.variable) {
        shared = index
        both += term.coefficient
      } else if let index {
        row.terms.append((index, term.coefficient))
        continue
      }
      row.constant += term.coefficient * fixed[term.variable]
    }
    if let shared, !both.isZero { row.terms.append((shared, both)) }
    return row
  }

  /// Of every column, the most that it may be.
  private var uppers: [Integer] {
    let rooms = phantoms.map { draft.variableBounds[$0] - space.emptyValues[$0] }
    return variables.map { draft.variableBounds[$0] } + (rooms.min().map { [$0] } ?? [])
  }

  /// What a column stands for in values of the statement.
  private func level(of index: Int, in values: [Integer]) -> Integer {
    if index < variables.count { return values[variables[index]] }
    return phantoms.first.map { values[$0] - space.emptyValues[$0] } ?? 0
  }

  /// What inequalities of a program leave between them and a vertex.
  enum Room {
    case none
    /// Enough for rounding every value down.
    case forRounding
  }

  /// Where a fraction goes.
  enum Rounding {
    case down, up
  }

  /// The rows as a program.
  ///
  /// - Parameters:
  ///   - room: what inequalities keep.
  ///   - values: where the tangents of products touch; without it rows with products are left out.
  func program(keeping room: Room, tangentAt values: [Integer]?) -> LinearProgram? {
    var rows = rows
    if let values { rows += productRows.compactMap { tangent(of: $0, at: values) } }
    if room == .forRounding {
      for index in rows.indices where rows[index].upper == nil {
        rows[index].constant -= rows[index].terms.reduce(0) { $0 + $1.coefficient.magnitude }
      }
    }
    return LinearProgram(uppers: uppers, rows: rows)
  }

  /// A row with products, linear around some values: z ≈ l·r₀ + l₀·r − l₀·r₀.
  private func tangent(of row: Int, at values: [Integer]) -> LinearProgram.Row? {
    let all = space.withGates(values)
    var slopes: [[Int: Integer]] = []
    func slope(_ form: AffineForm) -> [Int: Integer] {
      var result: [Int: Integer] = [:]
      for term in form.terms {
        if term.variable < space.statement.variableCount {
          if let index = column[term.variable] { result[index, default: 0] += term.coefficient }
        } else {
          for (index, value) in slopes[term.variable - space.statement.variableCount] {
            result[index, default: 0] += term.coefficient * value
          }
        }
      }
      return result
    }
    for gate in draft.gates {
      let (left, right) = (SearchSpace.value(gate.left, all), SearchSpace.value(gate.right, all))
      slopes.append(
        slope(gate.left).mapValues { $0 * right }.merging(slope(gate.right).mapValues { $0 * left }) {
          $0 + $1
        })
    }
    let form = draft.rows[row].form
    let terms = slope(form).filter { !$0.value.isZero }.sorted { $0.key < $1.key }
    if terms.isEmpty { return nil }
    let constant = terms.reduce(SearchSpace.value(form, all)) {
      $0 - $1.value * level(of: $1.key, in: values)
    }
    return LinearProgram.Row(
      terms: terms.map { ($0.key, $0.value) }, constant: constant, upper: space.isEquality[row] ? 0 : nil)
  }

  /// All values of the statement at a vertex, in whole numbers.
  func values(of point: LinearProgram.Point, rounded direction: Rounding) -> [Integer] {
    var values = space.emptyValues
    func whole(_ value: Integer) -> Integer {
      direction == .up
        ? value.ceilingDivided(by: point.denominator) : value.floorDivided(by: point.denominator)
    }
    for (index, variable) in variables.enumerated() {
      values[variable] = min(max(whole(point.values[index]), 0), draft.variableBounds[variable])
    }
    guard let most = uppers.dropFirst(variables.count).first else { return values }
    let both = min(max(whole(point.values[variables.count]), 0), most)
    for variable in phantoms { values[variable] += both }
    return values
  }

  /// Where the walks begin: each committed value as large and as small as the rows allow, alone and against
  /// another, and each variable alone (a later bracket without the ones before it), with as little as
  /// possible of everything else.
  var starts: [[(variable: Int, coefficient: Integer)]] {
    let cells = support.committed.filter { made[$0] != nil }
    let indexed = cells.filter { space.compiled.elaboration.cells[$0].name.contains("[") }
    var starts = [asLittle]
    for cell in cells {
      starts.append(start([(cell, 1)]))
      starts.append(start([(cell, -1)]))
    }
    for (place, cell) in indexed.enumerated() {
      for other in indexed[(place + 1)...] {
        for (a, b) in [(1, -1), (-1, 1), (-1, -1), (1, 1)] as [(Integer, Integer)] {
          starts.append(start([(cell, a), (other, b)]))
        }
      }
    }
    for column in uppers.indices { starts.append(asLittle + [(column, Self.weight)]) }
    return starts
  }

  /// Where the walks among all coordinates begin: all of a family large, all small, every other one large, and each
  /// against all others and alone. What has no index, cash, pays as little as it may.
  var startsTogether: [[(variable: Int, coefficient: Integer)]] {
    let cells = support.committed.filter {
      made[$0] != nil && space.compiled.elaboration.cells[$0].name.contains("[")
    }
    func start(_ sign: (Int) -> Integer) -> [(variable: Int, coefficient: Integer)] {
      self.start(cells.indices.map { (cell: cells[$0], sign: sign($0)) })
    }
    var starts = [
      start { _ in 1 }, start { _ in -1 }, start { $0.isMultiple(of: 2) ? 1 : -1 },
      start { $0.isMultiple(of: 2) ? -1 : 1 },
    ]
    for (place, cell) in cells.enumerated() {
      starts.append(self.start([(cell, 1)]))
      starts.append(start { $0 == place ? 1 : -1 })
      starts.append(self.start([(cell, -1)]))
      starts.append(start { $0 == place ? -1 : 1 })
    }
    return starts
  }

  /// More than any price: a lot that costs millions of quanta is held all the same.
  private static let weight = Integer.powerOfTwo(128)

  /// As little as possible of everything.
  private var asLittle: [(variable: Int, coefficient: Integer)] {
    uppers.indices.map { (variable: $0, coefficient: Integer(-1)) }
  }

  /// As much or as little of some committed values as the rows allow, and as little of everything else.
  private func start(
    _ directions: [(cell: Int, sign: Integer)]
  ) -> [(variable: Int, coefficient: Integer)] {
    directions.reduce(into: asLittle) { terms, direction in
      terms += (made[direction.cell] ?? []).map {
        ($0.variable, direction.sign * Self.weight * $0.coefficient)
      }
    }
  }

  /// The direction in which a slack falls, by its slopes along committed cells.
  func objective(minimising slopes: [Int: Integer]) -> [(variable: Int, coefficient: Integer)] {
    var terms: [Int: Integer] = [:]
    for (cell, slope) in slopes {
      for term in made[cell] ?? [] { terms[term.variable, default: 0] -= slope * term.coefficient }
    }
    return terms.filter { !$0.value.isZero }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
