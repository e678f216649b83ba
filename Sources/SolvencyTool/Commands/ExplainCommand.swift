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
      For the trader alone: it shows by how much each requirement is met or missed, in USD of cash and in the \
      units of the rule, which one binds, how much cash may leave, and at which prices the rule fails if its \
      requirement stays as it is. With --kind maintenance that is the price of liquidation. Exits 2 if no proof can \
      be made.

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
    let finding = try finding(rule)
    return Report(
      text: finding.text(rule), data: finding.json(rule), isPositive: finding.evaluation.isProvable)
  }

  private func finding(_ rule: MarginRule) throws(ToolFailure) -> Finding {
    if let opening {
      let secret = try self.rule.snapshot.opening(opening, passphrase, under: rule.registry)
      return try ToolFailure.wrapping(opening) {
        Finding(
          evaluation: try secret.explain(rule), headroom: try secret.headroom(rule),
          slopes: try secret.cashSlopes(rule))
      }
    }
    let path = book ?? InputFile.standardInput
    let secret = try Documents.book(path, registry: rule.registry, under: rule.snapshot)
    return try ToolFailure.wrapping(path) {
      Finding(
        evaluation: try secret.explain(rule), headroom: try secret.headroom(rule),
        slopes: try secret.cashSlopes(rule))
    }
  }
}

/// What a rule says of a book.
private struct Finding {
  let evaluation: Evaluation
  let headroom: MarginHeadroom
  /// By how much one USD changes each requirement.
  let slopes: [Int256]

  private func conclusion(_ rule: MarginRule) -> String {
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

  /// The slack of a requirement in cents of a USD, rounded down; nil where it counts no money.
  private func cents(_ index: Int) -> Integer? {
    guard slopes.indices.contains(index) else { return nil }
    let slope = slopes[index].asInteger()
    guard slope.signum > 0 else { return nil }
    return (evaluation.requirements[index].value.asInteger() * 100).floorDivided(by: slope)
  }

  /// The cash headroom in cents, rounded down.
  private var headroomCents: Integer? {
    headroom.quanta.map { Integer($0).floorDivided(by: 10_000) }
  }

  func text(_ rule: MarginRule) -> String {
    let binding = evaluation.binding
    var table = TextTable(["", "requirement", "line", ">slack, USD of cash", ">slack, units of the rule", ""])
    for (index, requirement) in evaluation.requirements.enumerated() {
      table.add([
        requirement == binding ? "*" : "", requirement.name, "\(requirement.line)",
        cents(index).map(usd) ?? "-", requirement.value.asInteger().description, requirement.verdict.text,
      ])
    }
    var lines = evaluation.requirements.isEmpty ? [] : table.lines
    lines.append(conclusion(rule))
    if let binding { lines.append("* binds: \(binding.name)") }
    if let cents = headroomCents {
      lines.append(
        cents.isNegative
          ? "shortfall: \(usd(-cents)) USD of cash must be added"
          : "headroom: \(usd(cents)) USD of cash may leave the account")
    }
    for move in headroom.moves {
      let price = move.price.flatMap { before in
        move.priceAfter.map {
          "\(usd(Integer($0).floorDivided(by: 10_000))) USD (now \(usd(Integer(before).floorDivided(by: 10_000))))"
        }
      }
      lines.append(
        "\(rule.key.kind == .maintenance ? "liquidation" : "margin call") of \(move.group): at "
          + (price.map { "about \($0), " } ?? "")
          + "a move of \(percent(move.ppm)), if the requirement stays as it is"
          + (move.isBeyondScenarios ? ", on a straight line beyond the scenarios" : ""))
    }
    if headroom.moves.isEmpty, evaluation.isProvable {
      lines.append("no move of a price uses the headroom up")
    }
    return lines.joined(separator: "\n")
  }

  func json(_ rule: MarginRule) -> JSONValue {
    [
      "circuit": .string(rule.circuitName), "kind": .string(rule.key.kind.rawValue),
      "isProvable": .bool(evaluation.isProvable),
      "conclusion": .string(conclusion(rule)),
      "binding": evaluation.binding.map { .string($0.name) } ?? .null,
      "headroomUSD": headroomCents.map { .string(usd($0)) } ?? .null,
      "moves": .array(
        headroom.moves.map { move in
          [
            "group": .string(move.group), "ppm": .integer(move.ppm),
            "beyondScenarios": .bool(move.isBeyondScenarios),
            "priceQuanta": move.price.map { .integer($0) } ?? .null,
            "priceAfterQuanta": move.priceAfter.map { .integer($0) } ?? .null,
          ]
        }),
      "requirements": .array(
        evaluation.requirements.enumerated().map { index, requirement in
          [
            "name": .string(requirement.name), "line": .integer(requirement.line),
            "slack": .string(requirement.value.asInteger().description),
            "slackUSD": cents(index).map { .string(usd($0)) } ?? .null,
            "bound": .string(requirement.bound.description),
            "verdict": .string(requirement.verdict.text),
          ]
        }),
    ]
  }

  /// "1234.56"
  private func usd(_ cents: Integer) -> String {
    let digits = (cents.isNegative ? -cents : cents).description
    let padded = String(repeating: "0", count: max(0, 3 - digits.utf8.count)) + digits
    return (cents.isNegative ? "-" : "") + padded.dropLast(2) + "." + padded.suffix(2)
  }

  /// "-12.34 %"
  private func percent(_ ppm: Int64) -> String {
    let hundredths = (ppm.magnitude + 50) / 100
    let cents = hundredths % 100
    return "\(ppm < 0 ? "-" : "+")\(hundredths / 100).\(cents < 10 ? "0" : "")\(cents) %"
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
