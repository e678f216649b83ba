internal import ArgumentParser

/// `solvency verify`
struct VerifyCommand: ParsableCommand {
  // Without names for help of its own, `verify --help` is that of `verify proofs`, which it stands for.
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Verify proofs: one verdict a line, a summary last.",
    subcommands: [VerifyProofs.self, VerifyMerge.self], defaultSubcommand: VerifyProofs.self, helpNames: [])
}
