internal import ArgumentParser

/// `solvency roll`
struct RollCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "roll",
    abstract: "The venue's own solvency: every account proved, totals against reserves, on hidden books.",
    discussion: """
      A venue lists all accounts as of an instant, proves each under its own rule, and proves that reserves cover the \
      sums. Auditors share the list out; each trader looks the own account up.

        solvency keygen --role auditor -o auditor.key
        solvency roll reserve --asset cash --amount 90000000 \\
          --pledged-to "Example Exchange" --key custodian.key -o cash.json
        solvency roll build --balances balances.csv \\
          --snapshot snapshot.json --venue "Example Exchange" \\
          --log example.com/ledger --reserve cash.json \\
          --custodian custodian.key.pub -o roll
        solvency roll prove roll --snapshot snapshot.json \\
          --reserve cash.json --custodian custodian.key.pub --key log.key
        solvency roll audit roll --snapshot snapshot.json \\
          --reserve cash.json --custodian custodian.key.pub \\
          --log-key log.key.pub --key auditor.key -o audit.json
        solvency roll receipt roll --account alice -o alice.tlog-proof
        solvency roll check alice.tlog-proof --opening alice.opening \\
          --venue "Example Exchange" --log-key log.key.pub
      """,
    subcommands: [
      RollReserve.self, RollBuild.self, RollProve.self, RollExpose.self, RollAudit.self, RollMerge.self,
      RollReceiptCommand.self,
      RollCheckCommand.self, RollShow.self,
    ])
}
