import Admission
import Logging
import PostgresStore
import SolvencyService
import Synchronization
import TransparencyLog
import WriterElection

/// The ledger of a configuration.
enum OpenedLedger {
  static func open(_ configuration: ServiceConfiguration, _ logger: Logger) throws -> any ServedLedger {
    switch configuration.ledger {
    case .folder(let folder): return try ServiceStarter.folderLedger(folder, configuration.keys)
    case .postgres(let connection, let schema, let address, let folder):
      let scheme = configuration.tls == nil ? "http" : "https"
      let name = address ?? "\(scheme)://\(configuration.host):\(configuration.port)"
      do {
        let server = try PostgresConfiguration(connection: connection, schema: schema)
        return try PostgresLedger(server, named: name, folder: folder, keys: configuration.keys, logger)
      } catch let error as FolderLedger.Failure {
        switch error {
        case .file(let file, let text): throw ServiceStarter.Failure(file, text)
        case .key(let text): throw ServiceStarter.Failure("keys", text)
        case .ledger(let failure):
          throw ServiceStarter.Failure("ledger.postgres", "the ledger does not open: \(failure)")
        }
      } catch {
        throw ServiceStarter.Failure("ledger.postgres", "\(error)")
      }
    }
  }
}

/// A ledger on PostgreSQL that several desks share: one is elected and writes, the others follow and take over.
///
/// What decides who writes is the store, inside every transaction; the duty told here is advice for clients.
final class PostgresLedger: ServedLedger {
  private let ledger: Ledger
  private let seat: WriterSeat?
  private let host: LedgerHost
  private let desk: Mutex<Admission>
  private let signed: NewestCheckpoint
  let reader: any LedgerStore

  /// The newest checkpoint that was signed here.
  private final class NewestCheckpoint: Sendable {
    let value = Mutex<SignedCheckpoint?>(nil)
  }

  init(
    _ server: PostgresConfiguration, named name: String, folder: String, keys: ServiceConfiguration.Keys?,
    _ logger: Logger
  ) throws {
    let founding = try FoundingDirectory(folder)
    let venue = founding.file.parties.venue
    let observer: @Sendable (PostgresEvent) -> Void = { event in
      logger.notice("database", metadata: ["event": "\(event)"])
    }
    signed = NewestCheckpoint()
    if let keys {
      let signed = signed
      let (signer, tree) = try ServiceStarter.writerKeys(keys).signers(of: venue) { checkpoint in
        signed.value.withLock { $0 = checkpoint }
      }
      let seat = WriterSeat(server, name: name, observer: observer)
      let store = try PostgresStore(server, creating: true, seat: seat, observer: observer)
      ledger = try Ledger(store: store, signer: signer, tree: tree)
      self.seat = seat
    } else {
      ledger = try Ledger(reading: try PostgresStore(server, observer: observer), of: venue)
      seat = nil
    }
    reader = try PostgresStore(server)
    let charter: Charter
    if let inForce = try ledger.charter() { charter = inForce } else { charter = try founding.charter() }
    desk = Mutex(try Admission(charter, ledger: ledger))
    host = LedgerHost(ledger, election: seat ?? SoleWriter() as any WriterElection)
    seat?.start()
    if seat != nil { host.start() }
  }

  var admission: Admission { desk.withLock { $0 } }

  var checkpoint: SignedCheckpoint? { signed.value.withLock { $0 } }

  var duty: LedgerDuty {
    guard let seat else { return .follower(writer: nil) }
    switch seat.role {
    case .writer: return .writer
    case .follower(let writer): return .follower(writer: writer)
    case .unreachable: return .unreachable
    }
  }

  func catchUp() throws(LedgerFailure) {
    try ledger.refresh()
    let inForce = try ledger.withState { $0.charter?.record.charter }
    guard let inForce, inForce != admission.charter.digest, let charter = try ledger.charter() else { return }
    let renewed = try Admission(charter, ledger: ledger)
    desk.withLock { $0 = renewed }
  }

  /// Hands writing over at once.
  func close() { if seat != nil { host.stop() } }
}
