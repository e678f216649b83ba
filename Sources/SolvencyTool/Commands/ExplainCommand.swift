internal import ArgumentParser
internal import CanonicalBytes
internal import CircuitLanguage
internal import CommandSupport
internal import ExactIntegers
internal import MarginRules
internal import Solvency
internal import SolvencyProver

/// `solvency explain`
struct ExplainCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Evaluate a rule over a book in plain integers, without any proof.",
    discussion: """
      For the trader alone: it shows by how much each requirement is met or missed, and which one binds. \
      Exits 2 if no proof can be made.

        solvency explain --circuit portfolio-margin --snapshot Examples/snapshot.json \\
          --book Examples/book.json
      """)

  @OptionGroup var rule: RuleOptions

  @Option(help: "The book.", completion: .file(extensions: ["json"]))
  var book: String?

  @Option(help: "Instead of a book: an opening.", completion: .file(extensions: ["opening"]))
  var opening: String?

  @OptionGroup var passphrase: PassphraseOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (book == nil) != (opening == nil) else {
      throw ValidationError("Give either --book or --opening.")
    }
  }

  func perform() throws -> Report {
    let rule = try rule.load()
    let evaluation = try evaluate(rule)
    return Report(
      text: Self.text(evaluation, rule), data: Self.json(evaluation, rule),
      isPositive: evaluation.isProvable)
  }

  private func evaluate(_ rule: MarginRule) throws(ToolFailure) -> Evaluation {
    if let opening {
      let secret = try self.rule.snapshot.opening(opening, passphrase, under: rule.registry)
      return try ToolFailure.wrapping(opening) { try secret.explain(rule) }
    }
    let path = book ?? InputFile.standardInput
    let secret = try Documents.book(path, registry: rule.registry)
    return try ToolFailure.wrapping(path) { try secret.explain(rule) }
  }

  private static func conclusion(_ evaluation: Evaluation, _ rule: MarginRule) -> String {
    let name = "\(rule.circuitName) (\(rule.key.kind.rawValue))"
    return switch evaluation.admission {
    case .notAdmitted(let coordinate):
      "\(name) has no room for what the book has at \(coordinate)."
    case .beyondBound(let place):
      "\(name) has no room for the book at \(place)."
    case .admitted:
      if evaluation.isProvable {
        "The book meets \(name)."
      } else if evaluation.requirements.allSatisfy(\.holds) {
        "The book meets \(name), by more than a proof has room for."
      } else {
        "The book does not meet \(name)."
      }
    }
  }

  private static func text(_ evaluation: Evaluation, _ rule: MarginRule) -> String {
    let binding = evaluation.binding
    var table = TextTable(["", "requirement", "line", ">slack", ""])
    for requirement in evaluation.requirements {
      table.add([
        requirement == binding ? "*" : "", requirement.name, "\(requirement.line)",
        requirement.value.asInteger().description, requirement.verdict.text,
      ])
    }
    var lines = evaluation.requirements.isEmpty ? [] : table.lines
    lines.append(conclusion(evaluation, rule))
    if let binding { lines.append("* binds: \(binding.name)") }
    return lines.joined(separator: "\n")
  }

  private static func json(_ evaluation: Evaluation, _ rule: MarginRule) -> JSONValue {
    [
      "circuit": .string(rule.circuitName), "kind": .string(rule.key.kind.rawValue),
      "isProvable": .bool(evaluation.isProvable),
      "conclusion": .string(conclusion(evaluation, rule)),
      "binding": evaluation.binding.map { .string($0.name) } ?? .null,
      "requirements": .array(
        evaluation.requirements.map { requirement in
          [
            "name": .string(requirement.name), "line": .integer(requirement.line),
            "slack": .string(requirement.value.asInteger().description),
            "bound": .string(requirement.bound.description),
            "verdict": .string(requirement.verdict.text),
          ]
        }),
    ]
  }
}

extension Evaluation.Requirement.Verdict {
  /// The verdict as a word.
  fileprivate var text: String {
    switch self {
    case .holds: "holds"
    case .fails: "fails"
    case .beyondBound: "beyond bound"
    }
  }
}
