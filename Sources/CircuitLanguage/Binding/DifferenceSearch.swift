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
  /// Most linear programs over all coordinates at once, beside ``programs``: where a rule compares many values, no few
  /// of them show a difference. They have at most half of ``variables``.
  public var programsTogether: Int

  /// Limits of a search.
  public init(supports: Int, programs: Int, variables: Int, programsTogether: Int = 0) {
    self.programsTogether = programsTogether
    self.supports = supports
    self.programs = programs
    self.variables = variables
  }

  /// What `solvency circuit check` does.
  public static let standard = SearchLimits(
    supports: 120, programs: 3_000, variables: 160, programsTogether: 200)
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
  }

  /// Whether a limit ended the search before it had seen every coordinate.
  public var isCut: Bool { !cuts.subtracting([.programsTogether]).isEmpty }
  /// The first difference that was found.
  public let difference: Difference?
  /// Sets of coordinates that were searched.
  public let supportCount: Int
  /// Most coordinates that were not empty together.
  public let largestSupport: Int
  /// How many coordinates were searched all at once; 0 if they were not.
  public let togetherCount: Int
  /// Linear programs that were solved.
  public let programCount: Int
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
  /// Steps along slopes from one start.
  private static let stepsPerStart = 4
  /// Requirements whose slack is minimised from one start, one of each declaration.
  private static let goalsPerStart = 6

  let compiled: CompiledCircuit
  let limits: SearchLimits
  let space: SearchSpace
  private var difference: DifferenceReport.Difference?
  private var (supportCount, largestSupport, programCount, bookCount) = (0, 0, 0, 0)
  private var togetherCount = 0
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
    space = SearchSpace(compiled)
  }

  /// A set of coordinates under search: its programs, and where walks begin.
  private struct Work {
    let slice: SearchSlice
    var program: LinearProgram
    var starts: [[Integer]] = []
  }

  mutating func run() -> DifferenceReport {
    let supports = space.supports(limit: limits.supports)
    if supports.isCut { cuts.insert(.supports) }
    var works: [Work] = []
    for support in supports.list {
      guard goesOn() else { break }
      if let work = begin(support) { works.append(work) }
    }
    // Walks in turns, so that a limit leaves no set of coordinates without one.
    for turn in 0..<(works.map(\.starts.count).max() ?? 0) {
      for index in works.indices where turn < works[index].starts.count {
        guard goesOn() else { break }
        let start = works[index].starts[turn]
        descend(&works[index], from: start)
      }
    }
    searchTogether()
    return DifferenceReport(
      difference: difference, supportCount: supportCount, largestSupport: largestSupport,
      togetherCount: togetherCount, programCount: programCount, bookCount: bookCount, cuts: cuts,
      foundOnlyEmptyBook: difference == nil && !foundNonempty)
  }

  /// Whether a book that has something in it meets the rows, as far as the limits go.
  mutating func findsNonemptyBook() -> Bool {
    for support in space.supports(limit: limits.supports).list where !foundNonempty {
      guard goesOn() else { break }
      _ = begin(support)
    }
    return foundNonempty
  }

  /// Whether nothing was found yet and the limits allow more.
  private mutating func goesOn() -> Bool {
    guard difference == nil else { return false }
    if programCount >= programLimit { cuts.insert(cutOfPrograms) }
    return programCount < programLimit
  }

  /// Walks among books in which every coordinate may have something, with advice of all of them.
  private mutating func searchTogether() {
    guard difference == nil, limits.programsTogether > 0, let all = space.everything else { return }
    let slice = space.slice(all)
    guard slice.variables.count <= limits.variables / 2,
      let program = slice.program(keeping: .none, tangentAt: nil)
    else { return }
    // Their own share of work; where it ends does not cut the sets before.
    cutOfPrograms = .programsTogether
    programLimit = programCount + limits.programsTogether
    togetherCount = all.committed.count
    var work = Work(slice: slice, program: program)
    for start in slice.startsTogether {
      guard goesOn() else { break }
      work.program.maximise(start)
      programCount += 1
      work.starts.append(attempt(slice, work.program.point, towards: start))
    }
    for start in work.starts {
      guard goesOn() else { break }
      descend(&work, from: start)
    }
  }

  /// Goes to the outermost books that have something at some coordinates only.
  private mutating func begin(_ support: SearchSpace.Support) -> Work? {
    let slice = space.slice(support)
    guard slice.variables.count <= limits.variables else {
      cuts.insert(.variables)
      return nil
    }
    supportCount += 1
    largestSupport = max(largestSupport, support.committed.count)
    programCount += 1
    guard let program = slice.program(keeping: .none, tangentAt: nil) else { return nil }
    var work = Work(slice: slice, program: program)
    var seen: Set<[Integer]> = []
    for start in slice.starts {
      guard goesOn() else { return work }
      work.program.maximise(start)
      programCount += 1
      let values = attempt(slice, work.program.point, towards: start)
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
        let slopes = space.slackSlopes(of: goal, at: values, along: Set(work.slice.support.committed))
        let objective = work.slice.objective(minimising: slopes)
        if objective.isEmpty { break }
        programCount += 1
        if space.hasGates {
          guard let tangents = work.slice.program(keeping: .none, tangentAt: values) else { break }
          work.program = tangents
        }
        work.program.maximise(objective)
        let next = attempt(work.slice, work.program.point, towards: objective)
        if next == values { break }
        // Where the slack is lowest between the ends, as with charges that become cheaper.
        _ = tryValues(zip(values, next).map { ($0 + $1).floorDivided(by: 2) })
        values = next
      }
    }
  }

  /// The requirements to lower: of each declaration the one with the smallest slack at the plain rule's
  /// advice.
  private func goals(at values: [Integer]) -> [Int]? {
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
    _ slice: SearchSlice, _ point: LinearProgram.Point,
    towards objective: [(variable: Int, coefficient: Integer)]
  ) -> [Integer] {
    let floor = slice.values(of: point, rounded: .down)
    if tryValues(floor) || difference != nil { return floor }
    guard point.denominator != 1 else { return floor }
    if tryValues(slice.values(of: point, rounded: .up)) { return floor }
    guard var program = slice.program(keeping: .forRounding, tangentAt: space.hasGates ? floor : nil) else {
      return floor
    }
    program.maximise(objective)
    programCount += 1
    let inner = slice.values(of: program.point, rounded: .down)
    _ = tryValues(inner)
    return floor
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
    guard let objection = space.objection(to: book) else { return true }
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
    let entries = zip(compiled.coordinates.names, book).filter { $1 != 0 }.map {
      DifferenceReport.BookEntry(coordinate: $0, value: $1)
    }
    difference = DifferenceReport.Difference(book: entries, objection: objection, advice: advice)
    return true
  }
}
