internal import CircuitProofs
internal import ExactIntegers

/// Something about a circuit that compiles and is hardly meant: it proves less than a reader expects.
public struct CircuitWarning: Hashable, Sendable, CustomStringConvertible {
  /// What is hardly meant.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// No requirement that can fail: every admitted book meets the rule.
    case requiresNothing
    /// A requirement whose loops run over nothing under these parameters.
    case emptyLoop
    /// A requirement that holds for whatever values.
    case alwaysHolds
    /// A committed value that no requirement that can fail depends on.
    case forgottenCommitment
    /// No book with anything in it meets the rule: a fact.
    case onlyEmptyBook
    /// No book with anything in it was found that meets the rule; there may be one.
    case noBookFound
    /// Two sides of a link that may be raised together, which makes a requirement easier.
    case bothSides
    /// A committed value with a range beyond what a book can hold.
    case wideRange
  }

  /// What is hardly meant.
  public let kind: Kind
  /// One sentence without a full stop.
  public let message: String
  /// Line of the circuit file.
  public let line: Int

  /// The line and the sentence.
  public var description: String { "line \(line): \(message)" }
}

/// Which warnings a verifier takes as refusals.
public struct CircuitStandard: Hashable, Sendable {
  /// The kinds that are refused.
  public var refused: Set<CircuitWarning.Kind>

  /// A standard that refuses these kinds.
  public init(refusing refused: Set<CircuitWarning.Kind>) { self.refused = refused }

  /// Refuses nothing: the warnings are for people.
  public static let lenient = CircuitStandard(refusing: [])

  /// Refuses circuits that require nothing, require it of nothing, forget a commitment, or let the empty book
  /// pass alone. A single row that always holds is not a fault under one snapshot: a scenario that hurts no
  /// position is one. A search that found no book is no fact, and so no fault. Sides that may be raised
  /// together are for ``authoring``: a verifier who trusts a digest has decided on it.
  public static let strict = CircuitStandard(
    refusing: [.requiresNothing, .emptyLoop, .forgottenCommitment, .onlyEmptyBook])

  /// What the author of a circuit is told to repair: all that ``strict`` refuses, and sides of a link that
  /// may be raised together.
  public static let authoring = CircuitStandard(refusing: strict.refused.union([.bothSides]))

  /// The warnings of a compiled circuit that the standard refuses; empty if it passes.
  public func refusals(of circuit: CompiledCircuit) -> [CircuitWarning] {
    refused.isEmpty ? [] : circuit.warnings.filter { refused.contains($0.kind) }
  }
}

extension CompiledCircuit {
  /// What is hardly meant, in the order of the lines.
  public var warnings: [CircuitWarning] {
    let effects = RowEffects(statement, isEquality: elaboration.isEquality)
    var warnings: [CircuitWarning] = []
    if effects.alwaysHolds.allSatisfy({ $0 }) {
      let what = elaboration.requirements.isEmpty ? "no requirement" : "no requirement that can fail"
      warnings.append(
        CircuitWarning(
          kind: .requiresNothing, message: "the circuit has \(what): every book that it admits meets it",
          line: titleLine))
    }
    switch EmptyBookCheck(self).answer() {
    case .met: break
    case .onlyEmpty:
      warnings.append(
        CircuitWarning(
          kind: .onlyEmptyBook, message: "no book with anything in it meets the rule", line: titleLine))
    case .notFound:
      warnings.append(
        CircuitWarning(
          kind: .noBookFound, message: "no book with anything in it was found that meets the rule",
          line: titleLine))
    }
    warnings += rowWarnings(effects) + forgottenCommitments(effects) + sideWarnings(effects) + wideRanges
    return warnings.sorted {
      ($0.line, $0.kind.rawValue, $0.message) < ($1.line, $1.kind.rawValue, $1.message)
    }
  }

  private var titleLine: Int { circuit.source.line(at: circuit.checked.tree.name.range.lower) }

  private func rowWarnings(_ effects: RowEffects) -> [CircuitWarning] {
    var warnings: [CircuitWarning] = []
    var rows: [SourceRange: [Int]] = [:]
    for (row, requirement) in elaboration.requirements.enumerated() {
      rows[requirement.source.range, default: []].append(row)
    }
    for case .requirement(let requirement) in circuit.checked.tree.declarations {
      let line = circuit.source.line(at: requirement.range.lower)
      let title = circuit.source.text(in: requirement.title.range)
      let made = rows[requirement.range] ?? []
      if made.isEmpty {
        warnings.append(
          CircuitWarning(
            kind: .emptyLoop, message: "\(title) is required of nothing: its lists are empty here", line: line
          ))
      } else if made.allSatisfy({ effects.alwaysHolds[$0] }) {
        warnings.append(
          CircuitWarning(kind: .alwaysHolds, message: "\(title) holds for whatever values", line: line))
      }
    }
    return warnings
  }

  /// Ranges that say more than a book can: its values have 64 bits.
  private var wideRanges: [CircuitWarning] {
    let held = IntegerInterval(Integer(Int64.min), Integer(Int64.max))
    var first: [SourceRange: Cell] = [:]
    for cell in elaboration.cells {
      guard case .committed = cell.role, !held.contains(cell.interval) else { continue }
      if first[cell.range] == nil { first[cell.range] = cell }
    }
    return first.map { range, cell in
      let most = max(cell.interval.lower.magnitude, cell.interval.upper.magnitude)
      return CircuitWarning(
        kind: .wideRange,
        message:
          "the range of `\(cell.name)` reaches 2^\(most.bitWidth - 1), and a book holds less than 2^63 either way",
        line: circuit.source.line(at: range.lower))
    }
  }

  /// Whether the circuit says that it is not about a coordinate.
  func isIgnored(_ cell: Cell) -> Bool {
    circuit.checked.tree.ignored.contains(String(cell.name.prefix { $0 != "[" }))
  }

  private func forgottenCommitments(_ effects: RowEffects) -> [CircuitWarning] {
    var isRequired = [Bool](repeating: false, count: statement.variableCount)
    for row in elaboration.requirements.indices where !effects.alwaysHolds[row] {
      effects.forEachEffect(ofRow: row) { variable, effect in
        if !effect.isEmpty { isRequired[variable] = true }
      }
    }
    var forgotten: [SourceRange: [String]] = [:]
    for cell in elaboration.cells where !isIgnored(cell) {
      // A coordinate without a link is proved to be 0, and so is one whose parts can only be 0.
      guard let coordinate = cell.coordinate, let form = statement.draft.links[0][coordinate] else {
        continue
      }
      var (isUsed, isFree) = (false, false)
      effects.forEachEffect(in: form) { variable, _ in
        if isRequired[variable] { isUsed = true }
        if statement.draft.variableBounds[variable] > 0 { isFree = true }
      }
      if !isUsed, isFree { forgotten[cell.range, default: []].append(cell.name) }
    }
    return forgotten.map { range, names in
      let others = names.count > 1 ? " (and \(names.count - 1) more like it)" : ""
      return CircuitWarning(
        kind: .forgottenCommitment,
        message: "no requirement that can fail depends on the committed `\(names[0])`\(others)",
        line: circuit.source.line(at: range.lower))
    }
  }
}
