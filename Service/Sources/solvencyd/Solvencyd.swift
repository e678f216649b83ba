import ArgumentParser
import CanonicalBytes
import Foundation
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import Metrics
import NIOSSL
import ServiceLifecycle
import SolvencyService
import UnixSignals

/// The service: verification and the desk over HTTP.
@main
struct Solvencyd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "solvencyd", abstract: "Serve verification and a venue's desk over HTTP.",
    discussion: """
      Reads a configuration, and the environment's SOLVENCYD_… over it; Documentation/Service.md lists the members.

        solvencyd --config solvencyd.json --check-config
        solvencyd --config solvencyd.json
        solvencyd token ops --role publish --role read

      Stops on SIGTERM or SIGINT when the answers that are on their way are sent. Exits 0 when stopped, 64 for a usage \
      error, 65 for a configuration or file that is malformed, 66 for a file that is missing, 70 for a defect, 74 if it cannot read, write or listen, \
      75 if the database cannot be reached.
      """,
    subcommands: [Serve.self, Token.self, Import.self, Export.self], defaultSubcommand: Serve.self)
}

/// `solvencyd [serve]`
struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Serve. What is done by default.")

  @Option(help: "The configuration file.", completion: .file(extensions: ["json"]))
  var config: String

  @Flag(help: "Read the configuration and everything it names, say what would be done, and end.")
  var checkConfig = false

  func run() async throws {
    let configuration = try Self.configuration(config)
    LoggingSystem.bootstrap { label in JSONLogHandler(label: label) }
    var logger = Logger(label: "solvencyd")
    logger.logLevel = Logger.Level(rawValue: configuration.logLevel) ?? .info
    let core: ServiceCore
    let (server, certificateEnds): (HTTPServerBuilder, Int?)
    do {
      (server, certificateEnds) = try ServerTLS.builder(configuration)
      let ledger = try OpenedLedger.open(configuration, logger, takesPart: !checkConfig)
      core = try ServiceCore(ledger, settings: configuration.settings, logger: logger)
    } catch let failure as ServiceStarter.Failure {
      throw Failed(EX_DATAERR, failure.description)
    } catch let failure as ServiceCore.Failure {
      throw Failed(EX_DATAERR, "\(config): \(failure)")
    }
    if checkConfig {
      print(
        "\(config): as it should be; \(core.duty) of \(core.venue) at \(configuration.host):\(configuration.port), "
          + "\(configuration.tls == nil ? "without" : "with") TLS")
      return
    }
    core.noteCertificate(endsAt: certificateEnds)
    MetricsSystem.bootstrap(core.metrics)
    try await Self.serve(core, server, configuration, logger)
  }

  private static func serve(
    _ core: ServiceCore, _ server: HTTPServerBuilder, _ configuration: ServiceConfiguration, _ logger: Logger
  ) async throws {
    let tls = configuration.tls == nil ? "http" : "https"
    let application = ServiceStarter.application(
      core, address: .hostname(configuration.host, port: configuration.port), server: server, logger: logger
    ) { port in
      logger.notice(
        "listening", metadata: ["url": "\(tls)://\(configuration.host):\(port)/", "duty": "\(core.duty)"])
    }
    var services: [ServiceGroupConfiguration.ServiceConfiguration] = [.init(service: application)]
    if let operations = configuration.operations {
      let listener = ServiceStarter.operations(
        core, address: .hostname(operations.host, port: operations.port), logger: logger
      ) { port in
        logger.notice(
          "listening for probes", metadata: ["operations": "http://\(operations.host):\(port)/"])
      }
      services.append(.init(service: listener))
    }
    var group = ServiceGroupConfiguration(
      services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    group.maximumGracefulShutdownDuration = .seconds(Int64(configuration.stopSeconds))
    do {
      try await ServiceGroup(configuration: group).run()
    } catch {
      core.close()
      throw Failed(EX_IOERR, "\(configuration.host):\(configuration.port): cannot be served: \(error)")
    }
    core.close()
    logger.notice("stopped")
  }

  static func configuration(_ path: String) throws -> ServiceConfiguration {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Failed(EX_NOINPUT, "\(path): cannot be read; name a configuration file that is there")
    }
    do {
      return try ServiceConfiguration(
        decoding: Array(data), environment: ProcessInfo.processInfo.environment)
    } catch {
      throw Failed(EX_DATAERR, "\(path): \(error)")
    }
  }
}

/// `solvencyd token`
struct Token: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token",
    abstract: "Make a bearer token, and the entry for access.tokens that knows its digest alone.")

  @Argument(help: "Whose it is: what the audit trail calls them.")
  var name: String

  @Option(help: "publish, attest, fill or read; repeat it for more.")
  var role: [String]

  func run() throws {
    let roles = role.compactMap(Role.init(rawValue:))
    guard !roles.isEmpty, roles.count == role.count else {
      throw Failed(EX_USAGE, "--role: write publish, attest, fill or read")
    }
    var random = SystemRandomNumberGenerator()
    let digits = Array("0123456789abcdef")
    let secret = (0..<64).map { _ in String(digits[Int.random(in: 0..<16, using: &random)]) }.joined()
    let token = TokenTable.prefix + secret
    let entry: JSONValue = [
      "name": .string(name), "roles": .array(roles.map { .string($0.rawValue) }),
      "sha256": .string(Digest.sha256(of: Array(token.utf8)).description),
    ]
    print("token   \(token)")
    print("entry   \(String(decoding: entry.encoded(.compact), as: UTF8.self))")
  }
}

/// An error of the command: one line, and the code to exit with.
struct Failed: Error, CustomStringConvertible, LocalizedError {
  let code: Int32
  let description: String

  init(_ code: Int32, _ description: String) {
    (self.code, self.description) = (code, description)
    FileHandle.standardError.write(Data("solvencyd: \(description)\n".utf8))
    Foundation.exit(code)
  }

  var errorDescription: String? { description }
}
