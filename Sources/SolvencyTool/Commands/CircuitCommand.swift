internal import ArgumentParser
internal import CanonicalBytes
internal import CircuitLanguage
internal import CircuitProofs
internal import CommandSupport
internal import Foundation
internal import KnownAnswers
internal import MarginRules
internal import Solvency

/// `solvency circuit`
struct CircuitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "circuit", abstract: "Margin rules as text.",
    subcommands: [List.self, Show.self, CircuitCheckCommand.self, Compile.self, CircuitFieldsCommand.self])

  /// `solvency circuit list`
  struct List: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Show the circuits that come with this command.",
      discussion: "\n  solvency circuit list")

    @OptionGroup var output: OutputOptions

    func perform() throws -> Report {
      var table = TextTable(["name", "version", "digest"])
      var data: [JSONValue] = []
      for (name, _) in BuiltInCircuits.sources {
        let circuit = try Documents.circuit(name)
        table.add([name, "\(circuit.version)", circuit.digest.description])
        data.append([
          "name": .string(name), "version": .integer(circuit.version),
          "digest": .string(circuit.digest.description),
        ])
      }
      return Report(text: table.lines.joined(separator: "\n"), data: .array(data))
    }
  }

  /// `solvency circuit show`
  struct Show: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Print the source of a circuit, with the numbers chosen for its parameters.",
      discussion: """

          solvency circuit show portfolio-margin > my-rule.circuit
          solvency circuit show Examples/circuits/leverage.circuit@times=5 \\
            > five-times.circuit
        """)

    @Argument(
      help:
        "The name of a circuit that comes with this command, or a file; with @name=value,… numbers are chosen.",
      completion: .list(BuiltInCircuits.sources.map(\.name)))
    var name: String

    @OptionGroup var output: OutputOptions

    func perform() throws -> Report {
      let source = String(decoding: try Documents.circuit(name).sourceBytes, as: UTF8.self)
      // The report ends the last line itself.
      let text = source.hasSuffix("\n") ? String(source.dropLast()) : source
      return Report(text: text, data: ["name": .string(name), "source": .string(source)])
    }
  }

  /// `solvency circuit compile`
  struct Compile: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Compile a circuit under a snapshot: sizes, costs, no-wrap certificate.",
      discussion: """
        With --json the whole statement is printed, in the schema of vectors/circuit-proof.

          solvency circuit compile --circuit portfolio-margin \\
            --snapshot Examples/snapshot.json

        With --repeat it is the statement about that number of accounts in one proof (protocol 3.7).
        """)

    @OptionGroup var rule: RuleOptions

    @Option(
      name: .customLong("repeat"), help: ArgumentHelp("About how many accounts, 1 to 64.", valueName: "K"))
    var repetitions = 1

    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard (1...Statement.repetitionLimit).contains(repetitions) else {
        throw ValidationError("--repeat is from 1 to \(Statement.repetitionLimit).")
      }
    }

    func perform() throws -> Report {
      let rule = try rule.load()
      let statement: Statement
      do throws(StatementError) {
        statement = repetitions == 1 ? rule.statement : try rule.statement.repeated(repetitions)
      } catch {
        throw ToolFailure(.refused, "--repeat", "is more than a statement has room for: \(error)")
      }
      var members = [JSONMember("suite", .string(ProofEnvelope.suite))]
      members += StatementJSON.members(of: statement)
      members.append(JSONMember("statement_digest", .hex(statement.digest)))
      var text = rule.compiled.report.description
      if repetitions > 1 {
        let layout = statement.layout
        text += """

          repeated \(repetitions) times: base \(statement.base.rawValue), N = \(layout.normLength), \
          proof \(layout.proofByteCount) bytes
          """
      }
      for warning in rule.compiled.warnings { text += "\n  warning: \(warning)" }
      return Report(text: text, data: .object(members))
    }
  }
}
