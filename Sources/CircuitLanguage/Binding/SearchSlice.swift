internal import CircuitProofs
internal import ExactIntegers

/// A circuit with all but a few committed values as in the empty book: small linear programs.
struct SearchSlice {
  let space: SearchSpace
  let support: SearchSpace.Support
  /// The variables that may move; the others are as in the empty book.
  let variables: [Int]
  /// Whether advice was left as in the empty book, so that the programs stay small.
  let isReduced: Bool
  /// Advice with few values, or that is a factor of a product, in the order of the variables.
  let choices: [Int]
  /// Both sides of coordinates outside the set, which share the last column, each with its step: their books
  /// have nothing there. Only sides that help a row if raised together.
  private let phantoms: [Int: Integer]
  private let column: [Int: Int]
  /// Of every committed cell of the support, what its coordinate is made of, over the columns.
  private let made: [Int: [(variable: Int, coefficient: Integer)]]
  /// Rows over the columns that can fail and hold no product.
  private let rows: [LinearProgram.Row]
  /// Rows that hold products: linear where one factor of each is fixed, otherwise taken by their tangents.
  private let productRows: [Int]
  /// Equalities without products, each with advice that may follow it, the largest coefficients first.
  private let equalities: [(row: Int, advice: [(variable: Int, coefficient: Integer)])]

  private var draft: StatementDraft { space.statement.draft }

  /// Values of advice that are few enough to be tried one by one.
  private static let fewValues: Integer = 8

  /// - Parameter limit: most variables that may move.
  init(_ space: SearchSpace, _ support: SearchSpace.Support, _ sources: [Set<Int>], limit: Int) {
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
    var advice: [Int] = []
    for (cell, variable) in space.adviceCells where !sources[cell].isDisjoint(with: chosen) {
      advice.append(variable)
    }
    // Advice whose rule reads nothing, as long as it is little.
    advice += space.adviceCells.filter { sources[$0.cell].isEmpty }.prefix(32).map(\.variable)
    let others = advice.filter { !moving.contains($0) }
    moving.formUnion(others.prefix(max(limit - moving.count, 0)))
    isReduced = others.contains { !moving.contains($0) }
    variables = moving.sorted()
    let bounds = draft.variableBounds
    var factors: Set<Int> = []
    for gate in draft.gates {
      for term in gate.left.terms + gate.right.terms where term.variable < count {
        factors.insert(term.variable)
      }
    }
    let linked = Set(draft.links[0].values.flatMap { $0.terms.map(\.variable) })
    choices = variables.filter {
      !linked.contains($0) && bounds[$0] > 0 && (bounds[$0] < Self.fewValues || factors.contains($0))
    }
    var phantoms: [Int: Integer] = [:]
    for pair in space.phantoms where !chosen.contains(pair.cell) {
      let steps = [(pair.plus, pair.plusStep), (pair.minus, pair.minusStep)]
      guard steps.allSatisfy({ !moving.contains($0.0) && space.emptyValues[$0.0] + $0.1 <= bounds[$0.0] })
      else {
        continue
      }
      for (variable, step) in steps { phantoms[variable] = step }
    }
    self.phantoms = phantoms
    var column: [Int: Int] = [:]
    for (index, variable) in variables.enumerated() { column[variable] = index }
    for variable in phantoms.keys { column[variable] = variables.count }
    self.column = column
    var made: [Int: [(variable: Int, coefficient: Integer)]] = [:]
    for cell in support.committed {
      guard let coordinate = cells[cell].coordinate, let form = draft.links[0][coordinate] else { continue }
      made[cell] = form.terms.compactMap { term in
        column[term.variable].map { ($0, term.coefficient) }
      }
    }
    self.made = made
    let isAdvice = Set(space.adviceCells.map(\.variable))
    let view = Columns(column: column, phantoms: phantoms, values: space.emptyValues, fixed: [:])
    var (rows, products) = ([LinearProgram.Row](), [Int]())
    var equalities: [(row: Int, advice: [(variable: Int, coefficient: Integer)])] = []
    for (index, row) in draft.rows.enumerated() where space.canFail[index] {
      guard let sum = view.sum(of: row.form, outputs: []) else {
        products.append(index)
        continue
      }
      if !sum.terms.isEmpty { rows.append(sum.row(isEquality: space.isEquality[index])) }
      guard space.isEquality[index] else { continue }
      let followers = row.form.terms.filter {
        isAdvice.contains($0.variable) && moving.contains($0.variable) && !linked.contains($0.variable)
      }
      if followers.isEmpty { continue }
      equalities.append(
        (
          index,
          followers.map { ($0.variable, $0.coefficient) }.sorted { $0.1.magnitude > $1.1.magnitude }
        ))
    }
    self.rows = rows
    productRows = products
    self.equalities = equalities
  }

  /// A form over the columns.
  private struct Sum {
    var terms: [Int: Integer] = [:]
    var constant: Integer = 0

    mutating func add(_ other: Sum, times factor: Integer) {
      constant += factor * other.constant
      for (column, value) in other.terms { terms[column, default: 0] += factor * value }
    }

    func row(isEquality: Bool) -> LinearProgram.Row {
      let terms = terms.filter { !$0.value.isZero }.sorted { $0.key < $1.key }
      return LinearProgram.Row(
        terms: terms.map { ($0.key, $0.value) }, constant: constant, upper: isEquality ? 0 : nil)
    }
  }

  /// What variables are, over the columns: those without one are as in the empty book, some are fixed.
  private struct Columns {
    let column: [Int: Int]
    let phantoms: [Int: Integer]
    let values: [Integer]
    let fixed: [Int: Integer]

    /// A form; nil if it holds the output of a product that is not linear.
    func sum(of form: AffineForm, outputs: [Sum?]) -> Sum? {
      var sum = Sum(constant: form.constant)
      for term in form.terms {
        if term.variable >= values.count {
          let index = term.variable - values.count
          guard index < outputs.count, let output = outputs[index] else { return nil }
          sum.add(output, times: term.coefficient)
        } else if let value = fixed[term.variable] {
          sum.constant += term.coefficient * value
        } else if let index = column[term.variable] {
          // Both sides of a coordinate outside rise from where the empty book has them.
          let step = phantoms[term.variable]
          sum.terms[index, default: 0] += term.coefficient * (step ?? 1)
          if step != nil { sum.constant += term.coefficient * values[term.variable] }
        } else {
          sum.constant += term.coefficient * values[term.variable]
        }
      }
      sum.terms = sum.terms.filter { !$0.value.isZero }
      return sum
    }

    /// The outputs of products: linear where a factor is fixed.
    func outputs(of gates: [ProductGate]) -> [Sum?] {
      var outputs: [Sum?] = []
      for gate in gates {
        guard let left = sum(of: gate.left, outputs: outputs),
          let right = sum(of: gate.right, outputs: outputs),
          left.terms.isEmpty || right.terms.isEmpty
        else {
          outputs.append(nil)
          continue
        }
        var output = Sum()
        if left.terms.isEmpty {
          output.add(right, times: left.constant)
        } else {
          output.add(left, times: right.constant)
        }
        outputs.append(output)
      }
      return outputs
    }
  }

  /// Entries of a program, as far as they are known before it is made.
  var size: Int { (rows.count + productRows.count) * (variables.count + 1) + draft.gates.count }

  /// Of every column, the most that it may be.
  private var uppers: [Integer] {
    let rooms = phantoms.map { (draft.variableBounds[$0] - space.emptyValues[$0]).floorDivided(by: $1) }
    return variables.map { draft.variableBounds[$0] } + (rooms.min().map { [$0] } ?? [])
  }

  /// What a column stands for in values of the statement.
  private func level(of index: Int, in values: [Integer]) -> Integer {
    if index < variables.count { return values[variables[index]] }
    return phantoms.first.map { (values[$0.key] - space.emptyValues[$0.key]).floorDivided(by: $0.value) } ?? 0
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
  ///   - values: where the tangents of products touch; without it rows with products that are not linear are
  ///     left out.
  ///   - fixed: variables that have one value.
  ///   - others: rows beside those of the statement.
  ///   - workLimit: the most that the program may cost.
  ///   - spent: grows by what it costs to find a first point.
  func program(
    keeping room: Room, tangentAt values: [Integer]?, fixing fixed: [Int: Integer] = [:],
    against others: [LinearProgram.Row] = [], workLimit: Int, spent: inout Int
  ) -> LinearProgram? {
    var rows = rows + others
    if !productRows.isEmpty {
      let view = Columns(column: column, phantoms: phantoms, values: space.emptyValues, fixed: fixed)
      let outputs = view.outputs(of: draft.gates)
      let touch = values.map { self.touch(at: $0) }
      for index in productRows {
        if let sum = view.sum(of: draft.rows[index].form, outputs: outputs) {
          // A row without columns says whether the fixed values can be at all.
          rows.append(sum.row(isEquality: space.isEquality[index]))
        } else if let touch, let row = tangent(of: index, touch) {
          rows.append(row)
        }
      }
    }
    for (variable, value) in fixed.sorted(by: { $0.key < $1.key }) {
      guard let index = column[variable] else { continue }
      rows.append(LinearProgram.Row(terms: [(index, 1)], constant: -value, upper: 0))
    }
    if room == .forRounding {
      for index in rows.indices where rows[index].upper == nil {
        rows[index].constant -= rows[index].terms.reduce(0) { $0 + $1.coefficient.magnitude }
      }
    }
    return LinearProgram(uppers: uppers, rows: rows, workLimit: workLimit, spent: &spent)
  }

  /// Where tangents touch: values with the outputs of products, and how each output moves with the columns.
  private struct Touch {
    var all: [Integer]
    var slopes: [[Int: Integer]]
  }

  /// Every product linear around some values: z ≈ l·r₀ + l₀·r − l₀·r₀.
  private func touch(at values: [Integer]) -> Touch {
    var touch = Touch(all: space.withGates(values), slopes: [])
    for gate in draft.gates {
      let (left, right) = (SearchSpace.value(gate.left, touch.all), SearchSpace.value(gate.right, touch.all))
      let (l, r) = (slope(of: gate.left, touch), slope(of: gate.right, touch))
      touch.slopes.append(l.mapValues { $0 * right }.merging(r.mapValues { $0 * left }) { $0 + $1 })
    }
    return touch
  }

  /// How a form moves with the columns.
  private func slope(of form: AffineForm, _ touch: Touch) -> [Int: Integer] {
    var result: [Int: Integer] = [:]
    for term in form.terms {
      if term.variable < space.statement.variableCount {
        if let index = column[term.variable] {
          result[index, default: 0] += term.coefficient * (phantoms[term.variable] ?? 1)
        }
      } else {
        for (index, value) in touch.slopes[term.variable - space.statement.variableCount] {
          result[index, default: 0] += term.coefficient * value
        }
      }
    }
    return result
  }

  /// A row with products, linear around some values.
  private func tangent(of row: Int, _ touch: Touch) -> LinearProgram.Row? {
    let form = draft.rows[row].form
    let terms = slope(of: form, touch).filter { !$0.value.isZero }.sorted { $0.key < $1.key }
    if terms.isEmpty { return nil }
    let constant = terms.reduce(SearchSpace.value(form, touch.all)) {
      $0 - $1.value * level(of: $1.key, in: touch.all)
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
    if let most = uppers.dropFirst(variables.count).first {
      let both = min(max(whole(point.values[variables.count]), 0), most)
      for (variable, step) in phantoms { values[variable] += both * step }
    }
    return following(values)
  }

  /// Advice that an equality defines, computed again: rounded by itself it would miss the equality by its
  /// coefficient.
  ///
  /// - Parameter kept: a variable that stays.
  func following(_ values: [Integer], keeping kept: Int? = nil) -> [Integer] {
    var values = values
    for (row, advice) in equalities {
      for (variable, coefficient) in advice where variable != kept {
        let rest = SearchSpace.value(draft.rows[row].form, values)
        if rest.isZero { break }
        let step =
          coefficient.isNegative
          ? rest.floorDivided(by: coefficient.magnitude) : (-rest).floorDivided(by: coefficient)
        values[variable] = min(max(values[variable] + step, 0), draft.variableBounds[variable])
      }
    }
    return values
  }

  // MARK: Against the rules

  /// Rows under which an advice value is not what its rule says.
  struct Contradiction {
    var fixed: [Int: Integer] = [:]
    var rows: [LinearProgram.Row]
  }

  /// Values of a choice that are tried one by one against its rule.
  private static let mostValues: Integer = 32

  /// For each advice value that no link has and each piece of its rule: that the piece gives more than the
  /// value, and that it gives less. A choice has one value at a time, of the pieces with values of their own
  /// those next to it.
  func contradictions(_ pieces: [[RulePiece]]) -> [Contradiction] {
    var (ofChoices, ofOthers) = ([Contradiction](), [Contradiction]())
    let linked = Set(draft.links[0].values.flatMap { $0.terms.map(\.variable) })
    for (cell, variable) in space.adviceCells where column[variable] != nil && phantoms[variable] == nil {
      let most = draft.variableBounds[variable]
      guard most > 0, !linked.contains(variable) else { continue }
      let own = pieces[cell]
      guard choices.contains(variable), most < Self.mostValues, let count = most.int64 else {
        for piece in own {
          ofOthers += [piece.exceeding(cell), piece.below(cell)].compactMap {
            contradiction(piece.rows + [$0])
          }
        }
        continue
      }
      let lower = space.compiled.elaboration.cells[cell].interval.lower
      for level in 0...count {
        let (level, value) = (Integer(level), lower + Integer(level))
        let constants = own.compactMap(\.constant)
        let next = [constants.filter { $0 > value }.min(), constants.filter { $0 < value }.max()]
        for piece in own {
          if let constant = piece.constant {
            guard next.contains(constant) else { continue }
            if let found = contradiction(piece.rows, fixing: [variable: level]) { ofChoices.append(found) }
          } else {
            ofChoices += [piece.exceeding(cell), piece.below(cell)].compactMap {
              contradiction(piece.rows + [$0], fixing: [variable: level])
            }
          }
        }
      }
    }
    return ofChoices + ofOthers
  }

  private func contradiction(
    _ forms: [CellForm], fixing fixed: [Int: Integer] = [:]
  ) -> Contradiction? {
    let view = Columns(column: column, phantoms: phantoms, values: space.emptyValues, fixed: fixed)
    var found = Contradiction(fixed: fixed, rows: [])
    for form in forms {
      var sum = Sum(constant: form.constant)
      for (cell, coefficient) in form.terms {
        guard let made = space.form(of: cell), let part = view.sum(of: made, outputs: []) else { return nil }
        sum.add(part, times: coefficient)
      }
      let row = sum.row(isEquality: false)
      if row.terms.isEmpty {
        if row.constant.isNegative { return nil }
      } else {
        found.rows.append(row)
      }
    }
    return found
  }

  /// Where the walks against a rule begin: as little as possible, all committed values of the set large, all
  /// small, and some of them alone.
  var startsOfContradictions: [[(variable: Int, coefficient: Integer)]] {
    let cells = support.committed.filter {
      made[$0] != nil && space.compiled.elaboration.cells[$0].name.contains("[")
    }
    return [asLittle, start(cells.map { ($0, 1) }), start(cells.map { ($0, -1) })]
      + (cells.count > 1 ? cells.prefix(3).flatMap { [start([($0, 1)]), start([($0, -1)])] } : [])
  }

  /// Advice values that are raised alone.
  private static let mostRaisable = 12

  /// Advice that is a factor of a product, alone and as whole families: what is raised where a row with
  /// products fails.
  var raisable: [[Int]] {
    var (own, others) = ([[Int]](), [[Int]]())
    var (families, order) = ([SourceRange: [Int]](), [SourceRange]())
    let linked = Set(draft.links[0].values.flatMap { $0.terms.map(\.variable) })
    for (cell, variable) in space.adviceCells where space.isFactor[variable] && !linked.contains(variable) {
      let range = space.compiled.elaboration.cells[cell].range
      if families[range] == nil { order.append(range) }
      families[range, default: []].append(variable)
      if column[variable] != nil, phantoms[variable] == nil {
        own.append([variable])
      } else {
        others.append([variable])
      }
    }
    return Array((own.prefix(6) + others).prefix(Self.mostRaisable))
      + order.prefix(2).compactMap { families[$0] }.filter { $0.count > 1 }
  }

  // MARK: Choices

  /// Most assignments of one set.
  private static let mostAssignments = 400

  /// What choices are fixed to: all at an end, each alone at each of its values with the others free, at
  /// their least and at their greatest, then pairs with the others at their least.
  var assignments: [[Int: Integer]] {
    let least = Dictionary(uniqueKeysWithValues: choices.map { ($0, Integer(0)) })
    let greatest = Dictionary(uniqueKeysWithValues: choices.map { ($0, draft.variableBounds[$0]) })
    var (list, seen) = ([[Int: Integer]](), Set<[Int: Integer]>())
    func add(_ fixed: [Int: Integer]) {
      if list.count < Self.mostAssignments, seen.insert(fixed).inserted { list.append(fixed) }
    }
    add(greatest)
    add(least)
    let levels = choices.map { choice in self.levels(of: choice).map { (choice, $0) } }
    for (choice, value) in levels.joined() {
      add([choice: value])
      add(least.merging([choice: value]) { $1 })
      add(greatest.merging([choice: value]) { $1 })
    }
    for (place, values) in levels.enumerated() {
      for others in levels[(place + 1)...] where list.count < Self.mostAssignments {
        for (choice, value) in values where value > 0 {
          for (other, level) in others where level > 0 {
            add(least.merging([choice: value, other: level]) { $1 })
          }
        }
      }
    }
    return list
  }

  /// All values if they are few, else those next to the ends and the middle.
  private func levels(of choice: Int) -> [Integer] {
    let most = draft.variableBounds[choice]
    if most < Self.fewValues { return (0...(most.int64 ?? 0)).map { Integer($0) } }
    return [0, 1, 2, most.floorDivided(by: 2), most - 1, most]
  }

  // MARK: Neighbours

  /// Advice that may move, as far as each is tried with one more and one less.
  var neighbours: [Int] {
    let own = Set(variables)
    return Array(space.adviceCells.map(\.variable).filter { own.contains($0) }.prefix(24))
  }

  /// Books next to one at which a division leaves a rest of its own, by the values that its honest prover
  /// has.
  func besides(_ book: [Int64]) -> [[Integer]] {
    let cells = space.compiled.elaboration.cells
    var found: [[Integer]] = []
    for cell in support.committed.prefix(4) {
      guard let coordinate = cells[cell].coordinate else { continue }
      for divisor in space.divisors {
        let value = Integer(book[coordinate])
        let base = divisor * value.floorDivided(by: divisor)
        let rests: [Integer] = [0, 1, divisor - 1, divisor.floorDivided(by: 2)]
        for whole in [base, base - divisor] {
          for rest in rests where whole + rest != value {
            var next = book
            guard let moved = (whole + rest).int64, Elaborator.linkedInterval.contains(whole + rest) else {
              continue
            }
            next[coordinate] = moved
            if let values = space.ruledValues(for: next) { found.append(values) }
          }
        }
      }
    }
    return found
  }

  /// Values whose committed ones are as the rows hold them at the most: each that all rows need large as
  /// small as they let it, each that all need small as large; those without an index, which pay, last.
  func tightened(_ values: [Integer]) -> [Integer] {
    let cells = space.compiled.elaboration.cells
    var values = values
    let own = support.committed.sorted { cells[$0].name.contains("[") && !cells[$1].name.contains("[") }
    for cell in own {
      guard case .committed = cells[cell].role, let variable = space.variables[cell],
        let (rows, isNeeded) = space.holding[variable]
      else { continue }
      let all = space.withGates(values)
      let room = rows.map { row, factor in
        SearchSpace.value(draft.rows[row].form, all).floorDivided(by: factor.magnitude)
      }.min()
      guard let room else { continue }
      let moved = values[variable] + (isNeeded ? -room : room)
      values[variable] = min(max(moved, 0), draft.variableBounds[variable])
    }
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

  /// Where the walks begin when advice is fixed.
  var startsOfFixed: [[(variable: Int, coefficient: Integer)]] {
    let cells = support.committed.filter { made[$0] != nil }
    let own = cells.count > 4 ? startsTogether.prefix(4) : []
    return [asLittle] + own + cells.prefix(4).flatMap { [start([($0, 1)]), start([($0, -1)])] }
  }

  /// Where the walks among all coordinates begin: all of a family large, all small, every other one large,
  /// and each against all others and alone. What has no index, cash, pays as little as it may.
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
