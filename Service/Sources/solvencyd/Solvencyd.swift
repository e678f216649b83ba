import ArgumentParser
import Hummingbird
import SolvencyService

/// The service: verification and the desk over HTTP.
@main
struct Solvencyd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "solvencyd", abstract: "Serve verification and the desk over HTTP.")

  @Option(help: "Port to listen on, on this machine alone.")
  var port = 8080

  func run() async throws {
    let router = Router()
    Health.addRoutes(to: router)
    let application = Application(
      router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)))
    try await application.runService()
  }
}
