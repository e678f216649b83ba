internal import ArgumentParser

/// `solvency market`
struct MarketCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "market", abstract: "Market data that margins are computed from.",
    subcommands: [MarketCheckCommand.self, MarketImportCommand.self])
}
