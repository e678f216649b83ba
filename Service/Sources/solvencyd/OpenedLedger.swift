import Admission
import Foundation
import Logging
import PostgresStore
import SolvencyService
import WriterElection

/// The ledger of a configuration.
enum OpenedLedger {
  /// Opens it.
  ///
  /// - Parameter takesPart: whether this desk asks to be the writer.
  static func open(
    _ configuration: ServiceConfiguration, _ logger: Logger, takesPart: Bool
  ) throws -> any ServedLedger {
    switch configuration.ledger {
    case .folder(let folder): return try ServiceStarter.folderLedger(folder, configuration.keys)
    case .postgres(let connection, let schema, let address, let folder):
      let server: PostgresConfiguration
      do throws(PostgresConfigurationError) {
        server = try PostgresConfiguration(connection: connection, schema: schema)
      } catch {
        throw ServiceStarter.Failure("ledger", text(of: error))
      }
      let observer = observer(logger)
      let seat = WriterSeat(server, name: address ?? ownAddress(configuration), observer: observer)
      let storage: FolderLedger.Storage
      do throws(StoreError) {
        // A desk with keys makes the tables of a new ledger; one that follows finds them.
        storage = .shared(
          try PostgresStore(server, creating: configuration.keys != nil, seat: seat, observer: observer),
          reader: try PostgresStore(server, observer: observer), election: seat)
      } catch {
        let failure = ServiceStarter.Failure("ledger.postgres (\(server))", text(of: error))
        // It may be back in a minute, and nothing else is wrong.
        if error == .unreachable || error == .busy { throw Failed(EX_TEMPFAIL, failure.description) }
        throw failure
      }
      let ledger = try ServiceStarter.folderLedger(folder, configuration.keys, storage: storage)
      if configuration.keys != nil, takesPart { seat.start() }
      return ledger
    }
  }

  private static func ownAddress(_ configuration: ServiceConfiguration) -> String {
    let scheme = configuration.tls == nil ? "http" : "https"
    return "\(scheme)://\(configuration.host):\(configuration.port)"
  }

  /// Elections, and what a server says when it fails. None of it holds a password.
  private static func observer(_ logger: Logger) -> @Sendable (PostgresEvent) -> Void {
    { event in
      switch event {
      case .connected(let server): logger.info("database connected", metadata: ["server": "\(server)"])
      case .lost(let text): logger.warning("database lost", metadata: ["cause": "\(text)"])
      case .resolved(let index, let wasThere):
        logger.notice("commit looked for", metadata: ["entry": "\(index)", "found": "\(wasThere)"])
      case .elected(let term): logger.notice("elected", metadata: ["term": "\(term)"])
      case .superseded(let term): logger.warning("superseded", metadata: ["term": "\(term)"])
      case .ended(let backend): logger.warning("silent writer ended", metadata: ["backend": "\(backend)"])
      case .refused(let code, let sentence):
        logger.warning("database refused", metadata: ["sqlstate": "\(code)", "cause": "\(sentence)"])
      }
    }
  }

  static func text(of error: PostgresConfigurationError) -> String {
    switch error {
    case .connection:
      "postgres is not a connection string as libpq has it; it is not repeated, as it may hold a password"
    case .schema(let name):
      "schema \(name): write 1 to 63 of a to z, 0 to 9 and _, not beginning with a digit or pg_"
    case .time(let milliseconds): "a time of \(milliseconds) ms is out of range"
    }
  }

  static func text(of error: StoreError) -> String {
    switch error {
    case .notFound: "the schema holds no ledger; a desk with keys makes one"
    case .notALedger: "the schema holds something else; name another in ledger.schema"
    case .unsupportedVersion(let version): "the tables have version \(version), which is not known here"
    case .alteredSchema(let line): "the tables were altered: \(line); restore them from a copy"
    case .unreachable: "the server cannot be reached; the log says why"
    case .notDurable(let setting): "the server would lose what it acknowledges: \(setting); set it on"
    case .unsuitableServer(let reason): "the server does not suit: \(reason)"
    case .readOnly: "the server or the role lets nothing be written"
    case .server(let code): "the server refused (SQLSTATE \(code))"
    default: "the ledger does not open: \(error)"
    }
  }
}
