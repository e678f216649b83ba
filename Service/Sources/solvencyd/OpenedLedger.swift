import Logging
import SolvencyService

/// The ledger of a configuration.
enum OpenedLedger {
  static func open(_ configuration: ServiceConfiguration, _ logger: Logger) throws -> any ServedLedger {
    switch configuration.ledger {
    case .folder(let folder): return try ServiceStarter.folderLedger(folder, configuration.keys)
    case .postgres:
      throw ServiceStarter.Failure("ledger.postgres", "is not served by this build")
    }
  }
}
