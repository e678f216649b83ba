package import CanonicalBytes

/// Why a command stopped: where, what, and what to do.
package struct ToolFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// The exit codes besides 0, as `sysexits.h` numbers them.
  package enum Kind: Int32, Sendable {
    /// The answer is no: a proof is rejected, a book does not meet the rule.
    case refused = 2
    /// The command line does not make sense.
    case usage = 64
    /// A file is not of its kind.
    case malformedInput = 65
    /// A file is not there.
    case missingInput = 66
    /// The tool itself is at fault.
    case internalFault = 70
    /// Reading or writing failed.
    case inputOutput = 74
  }

  package let kind: Kind
  /// The file, option or thing at fault.
  package let place: String
  /// What is wrong there and what to do about it.
  package let problem: String
  /// More lines for the one who mends it: excerpts of a circuit.
  package let details: String?
  /// Whether the JSON document that was begun says it already.
  package var isReported = false

  package init(_ kind: Kind, _ place: String, _ problem: String, details: String? = nil) {
    self.kind = kind
    self.place = place
    self.problem = problem
    self.details = details
  }

  /// One line, and the details below it. Bytes of a file that got into the line cannot start a new one.
  package var description: String {
    Console.singleLine("\(place): \(problem)") + (details.map { "\n" + $0 } ?? "")
  }

  /// The same as data.
  package var asJSON: JSONValue {
    var members = [
      JSONMember("exitCode", .integer(kind.rawValue)), JSONMember("kind", .string("\(kind)")),
      JSONMember("place", .string(place)), JSONMember("problem", .string(problem)),
    ]
    if let details { members.append(JSONMember("details", .string(details))) }
    return ["error": .object(members)]
  }
}
