internal import CircuitProofs
public import ExactIntegers

/// How much a search for a difference does. Every count is a limit on work, so that a search ends, and is the
/// same on every machine.
public struct SearchLimits: Hashable, Sendable {
  /// Most sets of coordinates that are looked at, each with all others empty.
  public var supports: Int
  /// Most linear programs.
  public var programs: Int
  /// Most variables of a linear program; larger supports are left out, and the report says so.
  public var variables: Int
  /// Most linear programs over all coordinates at once, beside ``programs``: where a rule compares many
  /// values, no few of them show a difference. They have at most half of ``variables``.
  public var programsTogether: Int
  /// Most linear programs with advice of few values fixed, beside those above.
  public var programsFixed: Int
  /// Most values next to a book that are tried, each with one advice value one more or one less.
  public var neighbours: Int
  /// Most words that linear programs change in all, and what runs of the rules cost beside them.
  public var work: Int
  /// Most linear programs in which an advice value is not what its rule says, beside those above.
  public var programsAgainstRules: Int
  /// Most books between two vertices that are tried where the plain rule changes.
  public var breakpoints: Int

  /// Limits of a search.
  public init(
    supports: Int, programs: Int, variables: Int, programsTogether: Int = 0, programsFixed: Int = 0,
    neighbours: Int = 0, work: Int = .max, programsAgainstRules: Int = 0, breakpoints: Int = 0
  ) {
    self.programsAgainstRules = programsAgainstRules
    self.breakpoints = breakpoints
    self.programsTogether = programsTogether
    self.programsFixed = programsFixed
    self.neighbours = neighbours
    self.work = work
    self.supports = supports
    self.programs = programs
    self.variables = variables
  }

  /// What `solvency circuit check` does.
  public static let standard = SearchLimits(
    supports: 120, programs: 3_000, variables: 160, programsTogether: 200, programsFixed: 1_500,
    neighbours: 6_000, work: 2_000_000_000, programsAgainstRules: 1_200, breakpoints: 2_000)
}

/// What a search for a book found on which the rows and the rules of advice differ.
public struct DifferenceReport: Hashable, Sendable {
  /// A book that the rows let pass and the rule, with advice computed as written, does not.
  public struct Difference: Hashable, Sendable {
    /// The coordinates that are not 0.
    public let book: [BookEntry]
    /// What the plain rule says of it.
    public let objection: Objection
    /// The advice that a prover would take, where it is not what the rules give.
    public let advice: [AdviceEntry]
  }

  /// One coordinate of a book.
  public struct BookEntry: Hashable, Sendable {
    /// The coordinate.
    public let coordinate: String
    /// What the book has there.
    public let value: Int64
  }

  /// One advice value.
  public struct AdviceEntry: Hashable, Sendable {
    /// The element.
    public let name: String
    /// What passes all rows.
    public let taken: Integer
    /// What its rule gives for the book; nil if the rules give no admitted values.
    public let ruled: Integer?
  }

  /// Why the plain rule refuses the book.
  public enum Objection: Hashable, Sendable {
    /// A requirement fails by this amount when advice is computed by its rules.
    case requirementFails(name: String, value: Integer)
    /// The rules give a value outside its range, or that does not add up to this coordinate or value.
    case notAdmitted(name: String)
  }

  /// A book that meets every requirement and cannot be proved with what the rules give.
  public struct RangeFault: Hashable, Sendable {
    /// The coordinates that are not 0.
    public let book: [BookEntry]
    /// The advice whose range has no room for what its rule gives.
    public let name: String
    /// What its rule gives; nil if that is not known.
    public let value: Integer?
  }

  /// A limit that left something out.
  public enum Cut: String, Hashable, Sendable, CaseIterable {
    /// ``SearchLimits/supports``: not every pair was looked at.
    case supports
    /// ``SearchLimits/programs``: walks were left out.
    case programs
    /// ``SearchLimits/variables``: sets whose programs are larger were left out.
    case variables
    /// ``SearchLimits/programsTogether``: walks among all coordinates at once were left out.
    case programsTogether
    /// ``SearchLimits/programsFixed``: values of few-valued advice, or pairs of them, were left out.
    case programsFixed
    /// ``SearchLimits/programsAgainstRules``: values and pieces of rules were left out.
    case programsAgainstRules
    /// ``SearchLimits/work``: what programs and runs of the rules cost ended the search.
    case work
  }

  /// Whether anything was searched at all: some set of coordinates, with a book in it.
  public var isSearched: Bool { supportCount > 0 && bookCount > 0 }

  /// Whether a limit ended the search before it had seen every coordinate.
  public var isCut: Bool {
    !cuts.subtracting([.programsTogether, .programsFixed, .programsAgainstRules]).isEmpty
  }
  /// The first difference that was found.
  public let difference: Difference?
  /// The first book that was found on which a rule leaves its range although every requirement is met.
  public let rangeFault: RangeFault?
  /// Sets of coordinates that were searched.
  public let supportCount: Int
  /// Most coordinates that were not empty together.
  public let largestSupport: Int
  /// How many coordinates were searched all at once; 0 if they were not.
  public let togetherCount: Int
  /// Times that advice of few values was fixed before the programs were solved.
  public let fixedCount: Int
  /// Linear programs in which an advice value was not what its rule says.
  public let againstRulesCount: Int
  /// Whether every set was too large, so that some advice stayed as in the empty book.
  public let isReduced: Bool
  /// Linear programs that were solved.
  public let programCount: Int
  /// What these cost: words of their dictionaries that changed.
  public let workCount: Int
  /// Books that were tried on the plain rule and on the rows.
  public let bookCount: Int
  /// The limits that ended a part of the search.
  public let cuts: Set<Cut>
  /// Whether only the empty book was found to meet the rule.
  public let foundOnlyEmptyBook: Bool
}

extension CompiledCircuit {
  /// Searches for a book that a prover could prove although the rule, with its advice computed as written,
  /// refuses it.
  ///
  /// The prover's books are the values x of the statement that meet its rows; the book is what the links make
  /// of them. For small sets of coordinates, with all others empty, linear programs over the rows in exact
  /// integers walk to the vertices where the plain rule is lowest: the slack of each requirement, with advice
  /// by its rules, is linear between the edges of those rules, and each step minimises it along its slope at
  /// the last book. Rows with products are taken by their tangents. Every candidate is then checked in plain
  /// integers on both sides, so a difference that is reported is one; finding none proves nothing.
  public func searchForDifference(limits: SearchLimits = .standard) -> DifferenceReport {
    var search = DifferenceSearch(self, limits)
    return search.run()
  }
}

/// The state of one search.
struct DifferenceSearch {
  /// How much dearer a run of the rules with slopes is than one without.
  private static let slopedCost = 8
  /// Steps along slopes from one start.
  private static let stepsPerStart = 4
  /// Requirements whose slack is minimised from one start, one of each declaration.
  private static let goalsPerStart = 6

  let compiled: CompiledCircuit
  let limits: SearchLimits
  let space: SearchSpace
  private var difference: DifferenceReport.Difference?
  private var (supportCount, largestSupport, programCount, bookCount) = (0, 0, 0, 0)
  private var (togetherCount, fixedCount, againstRulesCount) = (0, 0, 0)
  private var rangeFault: DifferenceReport.RangeFault?
  /// What may still be tried between vertices, and by raising advice where a product falls short.
  private var breakpointsLeft: Int
  private var completionsLeft = Self.mostCompletions
  private var isReduced = false
  /// What linear programs have cost, and the most before this part of the search ends.
  private var (work, workLimit) = (0, 0)
  /// Values that meet the rows, a few of each set, around which others are tried.
  private var candidates: [(slice: SearchSlice, values: [Integer])] = []
  /// The most linear programs before the search ends.
  private var programLimit: Int
  /// The limit behind ``programLimit``.
  private var cutOfPrograms = DifferenceReport.Cut.programs
  private var cuts: Set<DifferenceReport.Cut> = []
  private var foundNonempty = false
  private var tried: Set<[Int64]> = []

  init(_ compiled: CompiledCircuit, _ limits: SearchLimits) {
    self.compiled = compiled
    self.limits = limits
    programLimit = limits.programs
    breakpointsLeft = limits.breakpoints
    space = SearchSpace(compiled)
  }

  /// A set of coordinates under search: its programs, and where walks begin.
  private struct Work {
    let slice: SearchSlice
    var program: LinearProgram
    var fixed: [Int: Integer] = [:]
    /// Rows beside those of the statement.
    var others: [LinearProgram.Row] = []
    var starts: [[Integer]] = []
  }

  /// Sets that are looked at with less advice where all are too large.
  private static let mostReduced = 4
  /// Sets with the same choices in which these are fixed.
  private static let mostAlike = 2
  /// Values that fail a row with products and are completed, in all.
  private static let mostCompletions = 1_500
  /// Sets of coordinates whose rules are taken to pieces.
  private static let mostSetsAgainstRules = 40
  /// Books at breakpoints of one step.
  private static let breakpointsPerStep = 6
  /// Candidates of one set, and of all.
  private static let (candidatesOfSet, mostCandidates) = (4, 200)

  mutating func run() -> DifferenceReport {
    let supports = space.supports(limit: limits.supports)
    if supports.isCut { cuts.insert(.supports) }
    share(0.5)
    var works = begin(supports.list, limit: .max)
    if works.isEmpty, cuts.contains(.variables), difference == nil {
      isReduced = true
      works = begin(Array(supports.list.prefix(Self.mostReduced)), limit: limits.variables / 2)
    }
    // Walks in turns, so that a limit leaves no set of coordinates without one.
    for turn in 0..<(works.map(\.starts.count).max() ?? 0) {
      for index in works.indices where turn < works[index].starts.count {
        guard goesOn() else { break }
        let start = works[index].starts[turn]
        descend(&works[index], from: start)
      }
    }
    let together = searchTogether()
    searchAgainstRules(works.map(\.slice) + (together.map { [$0] } ?? []))
    searchFixed((together.map { [$0] } ?? []) + works.map(\.slice))
    searchNeighbours()
    return DifferenceReport(
      difference: difference, rangeFault: rangeFault, supportCount: supportCount,
      largestSupport: largestSupport,
      togetherCount: togetherCount, fixedCount: fixedCount, againstRulesCount: againstRulesCount,
      isReduced: isReduced,
      programCount: programCount, workCount: work, bookCount: bookCount, cuts: cuts,
      foundOnlyEmptyBook: difference == nil && !foundNonempty)
  }

  /// Goes to the outermost books of each set.
  private mutating func begin(_ supports: [SearchSpace.Support], limit: Int) -> [Work] {
    var works: [Work] = []
    for support in supports {
      guard goesOn() else { break }
      work += space.sliceCost
      if let work = begin(space.slice(support, limit: limit)) { works.append(work) }
    }
    return works
  }

  /// Gives the next part of the search its share of the work.
  private mutating func share(_ part: Double) {
    workLimit = limits.work == .max ? .max : work + Int(Double(limits.work) * part)
  }

  /// Whether a book that has something in it meets the rows, as far as the limits go.
  mutating func findsNonemptyBook() -> Bool {
    share(1)
    for support in space.supports(limit: limits.supports).list where !foundNonempty {
      guard goesOn() else { break }
      work += space.sliceCost
      _ = begin(space.slice(support))
    }
    return foundNonempty
  }

  /// Whether nothing was found yet and the limits allow more.
  private mutating func goesOn() -> Bool {
    guard difference == nil else { return false }
    if programCount >= programLimit { cuts.insert(cutOfPrograms) }
    if work >= workLimit { cuts.insert(.work) }
    return programCount < programLimit && work < workLimit
  }

  /// What one program may cost: what is left of this part of the search.
  private var mostOfProgram: Int { max(workLimit - work, 0) }

  /// Makes a program, and counts what it costs.
  private mutating func program(
    of slice: SearchSlice, keeping room: SearchSlice.Room, tangentAt values: [Integer]?,
    fixing fixed: [Int: Integer], against others: [LinearProgram.Row] = []
  ) -> LinearProgram? {
    programCount += 1
    work += slice.size
    var spent = 0
    let program = slice.program(
      keeping: room, tangentAt: values, fixing: fixed, against: others, workLimit: mostOfProgram,
      spent: &spent)
    work += spent
    return program
  }

  private mutating func maximise(
    _ program: inout LinearProgram, _ objective: [(variable: Int, coefficient: Integer)]
  ) {
    programCount += 1
    let before = program.work
    program.workLimit = before > .max - mostOfProgram ? .max : before + mostOfProgram
    program.maximise(objective)
    work += program.work - before + program.size
  }

  /// Walks among books in which every coordinate may have something, with advice of all of them.
  private mutating func searchTogether() -> SearchSlice? {
    guard difference == nil, limits.programsTogether > 0, let all = space.everything else { return nil }
    let slice = space.slice(all)
    guard slice.variables.count <= limits.variables / 2 else { return nil }
    // Their own share of work; where it ends does not cut the sets before.
    cutOfPrograms = .programsTogether
    programLimit = programCount + limits.programsTogether
    share(0.2)
    guard let program = program(of: slice, keeping: .none, tangentAt: nil, fixing: [:]) else { return slice }
    togetherCount = all.committed.count
    var work = Work(slice: slice, program: program)
    for start in slice.startsTogether {
      guard goesOn() else { break }
      maximise(&work.program, start)
      work.starts.append(attempt(work, towards: start))
    }
    for start in work.starts {
      guard goesOn() else { break }
      descend(&work, from: start)
    }
    return slice
  }

  /// Walks under rows by which an advice value is not what its rule says, in turns of the sets.
  private mutating func searchAgainstRules(_ slices: [SearchSlice]) {
    guard difference == nil, limits.programsAgainstRules > 0 else { return }
    cutOfPrograms = .programsAgainstRules
    programLimit = programCount + limits.programsAgainstRules
    share(0.2)
    var lists: [(slice: SearchSlice, list: [SearchSlice.Contradiction])] = []
    for slice in slices.prefix(Self.mostSetsAgainstRules) {
      guard goesOn() else { break }
      let found = space.pieces(over: slice.support)
      work += found.work
      lists.append((slice, slice.contradictions(found.pieces)))
    }
    for turn in 0..<(lists.map(\.list.count).max() ?? 0) {
      for (slice, list) in lists where turn < list.count {
        guard goesOn() else { return }
        walk(slice, against: list[turn])
      }
    }
  }

  private mutating func walk(_ slice: SearchSlice, against contradiction: SearchSlice.Contradiction) {
    let (fixed, others) = (contradiction.fixed, contradiction.rows)
    let program = program(of: slice, keeping: .none, tangentAt: nil, fixing: fixed, against: others)
    guard let program else { return }
    againstRulesCount += 1
    var work = Work(slice: slice, program: program, fixed: fixed, others: others)
    for start in slice.startsOfContradictions {
      guard goesOn() else { return }
      maximise(&work.program, start)
      let values = attempt(work, towards: start)
      if !work.starts.contains(values) { work.starts.append(values) }
    }
    for start in work.starts.prefix(2) { descend(&work, from: start) }
  }

  /// Walks with advice of few values fixed, in turns of the sets: between its whole values a program would
  /// have a part of a class or of a flag, and products with it are linear.
  private mutating func searchFixed(_ slices: [SearchSlice]) {
    guard difference == nil, limits.programsFixed > 0 else { return }
    // Sets with the same choices show the same: a few of them are enough.
    var counts: [[Int]: Int] = [:]
    let slices = slices.filter { slice in
      guard !slice.choices.isEmpty else { return false }
      counts[slice.choices, default: 0] += 1
      return counts[slice.choices, default: 0] <= Self.mostAlike
    }
    cutOfPrograms = .programsFixed
    programLimit = programCount + limits.programsFixed
    share(0.2)
    let lists = slices.map(\.assignments)
    for turn in 0..<(lists.map(\.count).max() ?? 0) {
      for (slice, list) in zip(slices, lists) where turn < list.count {
        guard goesOn() else { return }
        walk(slice, fixing: list[turn])
      }
    }
  }

  private mutating func walk(_ slice: SearchSlice, fixing fixed: [Int: Integer]) {
    guard let program = program(of: slice, keeping: .none, tangentAt: nil, fixing: fixed) else { return }
    fixedCount += 1
    var work = Work(slice: slice, program: program, fixed: fixed)
    for start in slice.startsOfFixed {
      guard goesOn() else { return }
      maximise(&work.program, start)
      let values = attempt(work, towards: start)
      if !work.starts.contains(values) { work.starts.append(values) }
    }
    for start in work.starts { descend(&work, from: start) }
  }

  /// Tries what lies next to books that were found: one advice value one more or one less, the equalities
  /// kept, and the committed values as tight as the rows allow; there, and at books where a division of a
  /// rule changes.
  private mutating func searchNeighbours() {
    var left = limits.neighbours
    for (slice, values) in candidates {
      guard difference == nil, left > 0, let book = space.book(of: values) else { return }
      for near in [values] + slice.besides(book) {
        for advice in slice.neighbours {
          for step in [1, -1] as [Integer] {
            var next = near
            next[advice] += step
            guard next[advice] >= 0, next[advice] <= space.statement.draft.variableBounds[advice] else {
              continue
            }
            left -= 1
            guard difference == nil, left > 0 else { return }
            _ = tryValues(slice.tightened(slice.following(next, keeping: advice)))
          }
        }
      }
    }
  }

  /// Goes to the outermost books that have something at some coordinates only.
  private mutating func begin(_ slice: SearchSlice) -> Work? {
    guard slice.variables.count <= limits.variables else {
      cuts.insert(.variables)
      return nil
    }
    supportCount += 1
    largestSupport = max(largestSupport, slice.support.committed.count)
    guard let program = program(of: slice, keeping: .none, tangentAt: nil, fixing: [:]) else { return nil }
    var work = Work(slice: slice, program: program)
    var seen: Set<[Integer]> = []
    for start in slice.starts {
      guard goesOn() else { return work }
      maximise(&work.program, start)
      let values = attempt(work, towards: start)
      if seen.insert(values).inserted { work.starts.append(values) }
    }
    return work
  }

  /// Walks from a start to where the slack of each requirement is lowest.
  private mutating func descend(_ work: inout Work, from start: [Integer]) {
    guard let goals = goals(at: start) else { return }
    for goal in goals.prefix(Self.goalsPerStart) {
      var values = start
      for _ in 0..<Self.stepsPerStart {
        guard goesOn() else { return }
        self.work += space.evaluationCost * Self.slopedCost
        let slopes = space.slackSlopes(of: goal, at: values, along: Set(work.slice.support.committed))
        let objective = work.slice.objective(minimising: slopes)
        if objective.isEmpty { break }
        if space.hasGates {
          let made = program(
            of: work.slice, keeping: .none, tangentAt: values, fixing: work.fixed, against: work.others)
          guard let made else { break }
          work.program = made
        }
        maximise(&work.program, objective)
        let next = attempt(work, towards: objective)
        if next == values { break }
        tryBetween(values, next, work.slice)
        values = next
      }
    }
  }

  /// Tries what lies between two values: the slack may be lowest there, where the plain rule changes, as with
  /// charges that become cheaper.
  private mutating func tryBetween(_ values: [Integer], _ next: [Integer], _ slice: SearchSlice) {
    func point(_ numerator: Integer, _ denominator: Integer) -> [Integer] {
      zip(values, next).map {
        ($0 * (denominator - numerator) + $1 * numerator).floorDivided(by: denominator)
      }
    }
    _ = tryValues(point(1, 2))
    guard breakpointsLeft > 0, difference == nil else { return }
    work += 2 * space.evaluationCost * Self.slopedCost
    let points = space.breakpoints(from: values, to: next, limit: Self.breakpointsPerStep)
    // Without one the slack is as linear as its products: halves are enough.
    guard !points.isEmpty else { return }
    for (numerator, denominator) in points + [(1, 4), (3, 4), (1, 8), (7, 8), (1, 32), (31, 32)] {
      guard breakpointsLeft > 0, difference == nil else { return }
      breakpointsLeft -= 1
      let values = slice.following(point(numerator, denominator))
      if !tryValues(values) { _ = tryValues(slice.tightened(values)) }
    }
  }

  /// Raises advice in products until the rows that hold them are met, by as little as that takes.
  private mutating func tryCompleted(_ values: [Integer], _ slice: SearchSlice) {
    guard completionsLeft > 0 else { return }
    let failing = space.failingProductRows(values)
    guard !failing.isEmpty else { return }
    let bounds = space.statement.draft.variableBounds
    for group in slice.raisable {
      guard completionsLeft > 0, difference == nil, work < workLimit else { return }
      completionsLeft -= 1
      func raised(_ least: Integer) -> [Integer] {
        var next = values
        for variable in group { next[variable] = min(max(next[variable], least), bounds[variable]) }
        return next
      }
      let most = group.map { bounds[$0] }.max() ?? 0
      var (low, high) = (Integer(0), Integer(1))
      while high < most, !space.meets(failing, raised(high)) { (low, high) = (high, 2 * high) }
      work += (high.bitWidth + 1) * space.gateCost
      guard space.meets(failing, raised(high)) else { continue }
      while low + 1 < high {
        let middle = (low + high).floorDivided(by: 2)
        if space.meets(failing, raised(middle)) { high = middle } else { low = middle }
      }
      work += high.bitWidth * space.gateCost
      _ = tryValues(slice.tightened(slice.following(raised(high))))
    }
  }

  /// The requirements to lower: of each declaration the one with the smallest slack at the plain rule's
  /// advice.
  private mutating func goals(at values: [Integer]) -> [Int]? {
    work += space.evaluationCost * Self.slopedCost
    guard let slacks = space.slacks(at: values) else { return nil }
    var best: [SourceRange: (row: Int, slack: Integer)] = [:]
    for (row, slack) in slacks.enumerated() {
      let range = compiled.elaboration.requirements[row].source.range
      if let found = best[range], found.slack <= slack { continue }
      best[range] = (row, slack)
    }
    return best.values.map(\.row).sorted()
  }

  /// Tries the whole numbers at a vertex; if rounding loses a row, the vertex of rows that leave room for it.
  ///
  /// - Returns: the whole numbers next to the vertex.
  private mutating func attempt(
    _ work: Work, towards objective: [(variable: Int, coefficient: Integer)]
  ) -> [Integer] {
    let (slice, point) = (work.slice, work.program.point)
    let floor = slice.values(of: point, rounded: .down)
    if tryCandidate(floor, slice) || difference != nil { return floor }
    if space.hasGates { tryCompleted(floor, slice) }
    guard point.denominator != 1 else { return floor }
    if tryCandidate(slice.values(of: point, rounded: .up), slice) { return floor }
    let inner = program(
      of: slice, keeping: .forRounding, tangentAt: space.hasGates ? floor : nil, fixing: work.fixed,
      against: work.others)
    guard var inner else { return floor }
    maximise(&inner, objective)
    _ = tryCandidate(slice.values(of: inner.point, rounded: .down), slice)
    return floor
  }

  /// Checks values on both sides, and keeps a few of each set for their neighbours.
  private mutating func tryCandidate(_ values: [Integer], _ slice: SearchSlice) -> Bool {
    let before = bookCount
    guard tryValues(values) else { return false }
    if limits.neighbours > 0, bookCount > before, candidates.count < Self.mostCandidates,
      candidates.reversed().prefix(Self.candidatesOfSet).filter({ $0.slice.support == slice.support }).count
        < Self.candidatesOfSet
    {
      candidates.append((slice, values))
    }
    return true
  }

  /// Checks values on both sides.
  ///
  /// - Returns: whether they meet the rows.
  private mutating func tryValues(_ values: [Integer]) -> Bool {
    guard space.meetsRows(values) else { return false }
    guard let book = space.book(of: values) else { return true }
    if book.contains(where: { $0 != 0 }) { foundNonempty = true }
    guard tried.insert(book).inserted else { return true }
    bookCount += 1
    work += space.evaluationCost
    let objection: DifferenceReport.Objection
    switch space.verdict(on: book) {
    case .met: return true
    case .leavesRange(let name):
      if rangeFault == nil {
        let cell = space.compiled.elaboration.cells.firstIndex { $0.name == name }
        rangeFault = DifferenceReport.RangeFault(
          book: entries(of: book), name: name,
          value: cell.flatMap { cell in space.ruledAdvice(for: book).map { $0[cell] } })
      }
      return true
    case .refused(let found): objection = found
    }
    let ruled = space.ruledAdvice(for: book)
    var advice: [DifferenceReport.AdviceEntry] = []
    for (cell, variable) in space.adviceCells {
      let taken = values[variable] + compiled.elaboration.cells[cell].interval.lower
      let rule = ruled?[cell]
      if taken != rule {
        advice.append(
          DifferenceReport.AdviceEntry(name: compiled.elaboration.cells[cell].name, taken: taken, ruled: rule)
        )
      }
    }
    difference = DifferenceReport.Difference(book: entries(of: book), objection: objection, advice: advice)
    return true
  }

  /// The coordinates that are not 0.
  private func entries(of book: [Int64]) -> [DifferenceReport.BookEntry] {
    zip(compiled.coordinates.names, book).filter { $1 != 0 }.map {
      DifferenceReport.BookEntry(coordinate: $0, value: $1)
    }
  }
}
