internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import Foundation

/// The command `solvency`: both sides of the proof on files.
@main
struct SolvencyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "solvency",
    abstract: "Prove that a hidden book meets a published margin rule, and verify such proofs.",
    discussion: """
      A trader commits to a book, and proves with it and the venue's risk snapshot that the book meets a \
      circuit. A verifier learns that and nothing else of the book.

        solvency commit --book Examples/book.json \\
          --snapshot Examples/snapshot.json -o account
        solvency prove --circuit portfolio-margin --snapshot Examples/snapshot.json \\
          --opening account/account.opening -o proof.json
        solvency verify proof.json --snapshot Examples/snapshot.json \\
          --account account/account.json

      Exit codes: 0 done or accepted, 2 a proof, signature or book refused, 64 usage, 65 malformed input, \
      66 no such input, 70 internal fault, 74 reading or writing failed.
      """,
    version: "0.1.0",
    subcommands: [
      DemoCommand.self, NewCommand.self, SnapshotCommand.self, MarketCommand.self, MarginCommand.self,
      CircuitCommand.self,
      BookCommand.self, CommitCommand.self,
      FillCommand.self, ExplainCommand.self, ProveCommand.self, InspectCommand.self, VerifyCommand.self,
      RequestCommand.self, AdmitCommand.self, LedgerCommand.self, AuditCommand.self, LogCommand.self,
      RollCommand.self,
      RegistryCommand.self, KeygenCommand.self, AttestCommand.self, EscrowCommand.self,
      LeakReportCommand.self,
      StressCommand.self, LiquidationCommand.self, DroughtCommand.self,
      RangeCommand.self, VectorsCommand.self, BenchCommand.self,
    ])

  static func main() {
    Descriptor.reserveStandard()
    // A reader that goes away is an error of writing, with its exit code, and no reason to stop in the
    // middle.
    signal(SIGPIPE, SIG_IGN)
    do {
      var command = try parsed(Array(CommandLine.arguments.dropFirst()))
      try command.run()
      try Console.flush()
    } catch let failure as ToolFailure {
      end(with: failure)
    } catch {
      end(withParsed: error)
    }
  }

  /// The command that the arguments ask for.
  ///
  /// The one that the first argument names is tried by itself: building the tree of all commands takes longer
  /// than most of them run. Whatever it does not take as it stands, a mistake or a question for help, goes
  /// through the tree, which knows full names and usage.
  private static func parsed(_ arguments: [String]) throws -> any ParsableCommand {
    let isOrdinary = !arguments.contains { argument in
      ["help", "-h", "--help", "--version"].contains(argument)
        || ["---", "--generate-", "--experimental-"].contains { argument.hasPrefix($0) }
    }
    if isOrdinary, let name = arguments.first,
      let type = configuration.subcommands.first(where: { $0.configuration.commandName == name }),
      let command = try? type.parseAsRoot(Array(arguments.dropFirst())),
      // A group without one of its commands shows its help.
      Swift.type(of: command).configuration.subcommands.isEmpty
    {
      return command
    }
    return try parseAsRoot(arguments)
  }

  /// The one place where an error becomes a line on standard error and an exit code.
  private static func end(with failure: ToolFailure, usage: String? = nil) -> Never {
    if CommandLine.arguments.contains("--json"), !failure.isReported {
      try? Console.write(failure.asJSON.encoded(.indented))
    }
    try? Console.flush()
    Console.note(usage ?? "solvency: \(failure)")
    Foundation.exit(failure.kind.rawValue)
  }

  /// Ends with what ArgumentParser throws: help, the version, completion scripts, usage errors, exit codes.
  private static func end(withParsed error: any Error) -> Never {
    let code = exitCode(for: error)
    let text = fullMessage(for: error)
    do throws(ToolFailure) {
      if code.isSuccess, !text.isEmpty { try Console.print(text) }
      try Console.flush()
    } catch {
      end(with: error)
    }
    guard !code.isSuccess, !text.isEmpty else { Foundation.exit(code.rawValue) }
    guard code == .validationFailure else {
      end(
        with: ToolFailure(
          .internalFault, "solvency", "unexpected: \(text); this is a defect, please report it"))
    }
    end(with: ToolFailure(.usage, "command line", message(for: error)), usage: text)
  }
}
