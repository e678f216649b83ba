/// One mistake in a circuit file: where, what, and what would help.
///
/// `description` is stable text of the form
///
///     margin.circuit:12:34: error: unknown name `postion`
///       12 | require "solvent" : postion[i] >= 0
///          |                     ^^^^^^^
///          = help: did you mean `position`?
public struct Diagnostic: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kind of mistake, for programs; the message is for people.
  public enum Code: String, Hashable, Sendable, CaseIterable {
    /// Larger than 1 MiB, or a name, number or string longer than allowed.
    case tooLong
    /// Bytes that are not UTF-8, or characters a reader would not see.
    case invalidText
    /// The text does not follow the grammar.
    case syntax
    /// Expressions, or definitions that use each other, nested too deeply.
    case tooDeep
    /// A name that is declared nowhere and is not a parameter.
    case unknownName
    /// The same name declared twice.
    case duplicateName
    /// A name that would hide another one.
    case shadowing
    /// A family or form used with the wrong number of indices or arguments.
    case wrongCount
    /// A secret value where only public ones may decide.
    case secretNotAllowed
    /// A product of secret values in a constraint: it needs a `product` declaration.
    case notLinear
    /// A maximum, division, comparison or choice over secret values in a constraint.
    case notAffine
    /// A committed value without a range, in a constraint that is not its link.
    case notBounded
    /// A link whose left side is not a committed value without a range.
    case invalidLink
    /// A committed value that no link defines.
    case missingLink
    /// A committed value that two links define.
    case duplicateLink
    /// Advice that may sit at a bound whatever the book is.
    case unboundAdvice
    /// Advice, a product or a definition that nothing uses.
    case unused
    /// An operation on a public value of the wrong type.
    case wrongType
    /// A record without the named field.
    case unknownField
    /// An index outside a list or a family.
    case unknownElement
    /// The maximum or minimum of nothing.
    case emptyList
    /// A lower bound above its upper bound, or a bound that is too large.
    case invalidRange
    /// Division by zero or less, an exponent out of range, a number too large.
    case arithmetic
    /// A coordinate that the registry does not have.
    case unknownCoordinate
    /// A requirement that no book can meet.
    case neverHolds
    /// A value that could wrap around the group order.
    case wraps
    /// More steps, rows, variables or list elements than allowed.
    case tooLarge
    /// The parameter tree itself is not usable.
    case invalidParameters
  }

  /// The kind of mistake.
  public let code: Code
  /// One sentence without a full stop.
  public let message: String
  /// The name that the file was parsed under.
  public let file: String
  /// From 1.
  public let line: Int
  /// Unicode scalars from 1.
  public let column: Int
  /// Further facts and advice, one line each.
  public let notes: [String]
  /// The source line, and below it the underline.
  let excerpt: String
  let underlineStart: Int
  let underlineLength: Int

  /// The diagnostic as it is printed: place, message, source line, underline, notes.
  public var description: String {
    let number = String(line)
    let gutter = String(repeating: " ", count: number.utf8.count + 2)
    var text = "\(file):\(line):\(column): error: \(message)\n"
    text += "  \(number) | \(excerpt)\n"
    text += gutter + " | " + String(repeating: " ", count: underlineStart)
    text += String(repeating: "^", count: underlineLength)
    for note in notes {
      text += "\n\(gutter) = \(note)"
    }
    return text
  }
}

/// Every mistake found in one run over a circuit file, in source order.
public struct CircuitError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Diagnostics beyond this number are counted, not kept.
  static let maximumCount = 20

  /// At least one.
  public let diagnostics: [Diagnostic]
  /// How many more there were.
  public let omittedCount: Int

  /// The diagnostics one after the other, as a compiler prints them.
  public var description: String {
    var text = diagnostics.map(\.description).joined(separator: "\n")
    if omittedCount > 0 { text += "\n\(omittedCount) more errors" }
    return text
  }
}

/// A mistake while it is still bound to byte offsets.
struct Problem: Error, Hashable, Sendable {
  var code: Diagnostic.Code
  var message: String
  var range: SourceRange
  var notes: [String] = []

  init(_ code: Diagnostic.Code, _ message: String, at range: SourceRange, notes: [String] = []) {
    self.code = code
    self.message = message
    self.range = range
    self.notes = notes
  }
}

/// Problems as they are found; the same text at the same place counts once.
struct ProblemList {
  /// Problems beyond this number are counted and not compared: loops make many of one mistake.
  private static let mostKept = 1_000

  private(set) var problems: [Problem] = []
  private var seen: Set<Problem> = []
  private var uncomparedCount = 0

  var isEmpty: Bool { problems.isEmpty }

  /// Whether more problems would only be counted.
  var isFull: Bool { problems.count >= Self.mostKept }

  mutating func append(_ problem: Problem) {
    guard !isFull else { return uncomparedCount += 1 }
    if seen.insert(problem).inserted { problems.append(problem) }
  }

  /// The error of these problems; nil without any.
  func error(in source: SourceText) -> CircuitError? { isEmpty ? nil : failure(in: source) }

  /// The error of these problems, of which there is at least one.
  func failure(in source: SourceText) -> CircuitError {
    let ordered = problems.enumerated().sorted {
      ($0.element.range.lower, $0.offset) < ($1.element.range.lower, $1.offset)
    }
    let kept = ordered.prefix(CircuitError.maximumCount).map { source.diagnostic(for: $0.element) }
    return CircuitError(diagnostics: kept, omittedCount: problems.count - kept.count + uncomparedCount)
  }
}

extension SourceText {
  func diagnostic(for problem: Problem) -> Diagnostic {
    let place = place(of: problem.range)
    return Diagnostic(
      code: problem.code, message: problem.message, file: name, line: place.line,
      column: place.column, notes: problem.notes, excerpt: place.excerpt,
      underlineStart: place.underlineStart, underlineLength: place.underlineLength)
  }
}
