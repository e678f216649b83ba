internal import Admission
public import Hummingbird
public import HummingbirdCore
public import Logging
internal import NIOCore
public import ServiceLifecycle
public import Solvency

/// Makes a running server of a configuration.
public enum ServiceStarter {
  /// Why a server does not start: what, where, and what to do.
  public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file or member at fault.
    public let place: String
    /// What is wrong with it.
    public let text: String

    /// A failure.
    public init(_ place: String, _ text: String) { (self.place, self.text) = (place, text) }

    /// One line.
    public var description: String { "\(place): \(text)" }
  }

  /// The ledger of a configuration that names a directory.
  ///
  /// - Throws: ``Failure``.
  public static func folderLedger(
    _ path: String, _ keys: ServiceConfiguration.Keys?, storage: FolderLedger.Storage = .file
  ) throws(Failure) -> FolderLedger {
    do throws(FolderLedger.Failure) {
      guard let keys else { return try FolderLedger(path, keys: nil, storage: storage) }
      return try FolderLedger(path, keys: try writerKeys(keys), storage: storage)
    } catch {
      switch error {
      case .file(let file, let text): throw Failure(file, text)
      case .key(let text): throw Failure("keys", text)
      case .ledger(let failure): throw Failure(path, "the ledger does not open: \(failure)")
      }
    }
  }

  /// The keys of a writer, unlocked.
  private static func writerKeys(_ keys: ServiceConfiguration.Keys) throws(FolderLedger.Failure)
    -> FolderLedger.Keys
  {
    let venue = try signingKey(keys.venue, keys.passphraseFile)
    guard let log = keys.log, let name = keys.logName else { return FolderLedger.Keys(venue: venue) }
    return FolderLedger.Keys(
      venue: venue, log: FolderLedger.Keys.LogKey(try signingKey(log, keys.passphraseFile), named: name))
  }

  /// A key, unlocked with the passphrase in a file.
  ///
  /// - Throws: ``FolderLedger/Failure``.
  public static func signingKey(_ path: String, _ passphraseFile: String) throws(FolderLedger.Failure)
    -> SigningKey
  {
    var phrase = try contents(passphraseFile, limit: 4_096)
    defer { for place in phrase.indices { phrase[place] = 0 } }
    let line = phrase.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    guard let passphrase = Passphrase(Array(line)) else {
      throw .file(passphraseFile, "its first line is empty; write the passphrase there")
    }
    let file = try contents(path, limit: KeyFile.fileByteLimit)
    do throws(SealedFileError) {
      return try KeyFile.open(file, with: passphrase)
    } catch {
      throw .file(path, "is not opened by the passphrase in \(passphraseFile), or is not a key")
    }
  }

  static func contents(_ path: String, limit: Int) throws(FolderLedger.Failure) -> [UInt8] {
    let bytes: [UInt8]?
    do throws(TileFolder.Failure) {
      bytes = try TileFolder.contents(of: path, limit: limit)
    } catch {
      throw .file(path, "cannot be read; check its permissions and that it is at most \(limit) bytes long")
    }
    guard let bytes else { throw .file(path, "there is no such file") }
    return bytes
  }

  /// A server for a core: routes, limits of connections, the log's tail, and periodic rolls.
  ///
  /// - Parameter server: how connections are read: HTTP/1.1, or the same behind TLS.
  public static func application(
    _ core: ServiceCore, address: BindAddress, server: HTTPServerBuilder? = nil, logger: Logger,
    onRunning: @escaping @Sendable (Int) async -> Void = { _ in }
  ) -> some ApplicationProtocol {
    let limits = core.settings.limits
    return Application(
      router: SolvencyServer.router(core),
      server: server ?? SolvencyServer.server(limits),
      configuration: ApplicationConfiguration(
        address: address, serverName: "solvencyd", backlog: 1_024,
        availableConnectionsDelegate: .maximum(limits.connections, logger: logger)),
      services: [LogTail(core), PeriodicRoll(core), StopNotice(core)],
      onServerRunning: { channel in await onRunning(channel.localAddress?.port ?? 0) }, logger: logger)
  }

  /// Answers for health, readiness and metrics on an address of its own, on a thread that does nothing else,
  /// so that no crowd of requests makes a probe wait.
  public static func operations(
    _ core: ServiceCore, address: BindAddress, logger: Logger,
    onRunning: @escaping @Sendable (Int) async -> Void = { _ in }
  ) -> some Service {
    OperationsListener(core: core, address: address, logger: logger, onRunning: onRunning)
  }
}
