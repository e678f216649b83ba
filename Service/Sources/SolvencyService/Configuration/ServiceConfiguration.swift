public import Admission
public import CanonicalBytes
public import SolvencyVerifier
public import TransparencyLog

/// What `solvencyd --config FILE` reads, checked. A member that is missing has its default, one that is
/// unknown is refused.
///
/// Every value can be given by the environment as well, which counts more than the file:
/// `SOLVENCYD_LISTEN_PORT=8443` is `{"listen": {"port": 8443}}`. Secrets are in neither: keys and passphrases
/// are files, tokens are given as digests.
public struct ServiceConfiguration: Sendable {
  /// The largest file that is read, in bytes.
  public static let byteLimit = 1 << 20
  private static let version: Int64 = 1

  /// A file and what guards it.
  public struct TLS: Sendable {
    /// The server's certificates, PEM.
    public var certificates: String
    /// Its key, PEM.
    public var key: String
    /// The authority that clients' certificates are checked with; nil to ask for none.
    public var clientAuthority: String?
  }

  /// An address to listen on.
  public struct Listener: Hashable, Sendable {
    /// The host.
    public var host: String
    /// The port; 0 for any that is free.
    public var port: Int
  }

  /// Where the ledger is.
  public enum Ledger: Hashable, Sendable {
    /// A directory that `solvency ledger init` made.
    case folder(String)
    /// A database server, as libpq's connection strings say it; and the directory that founds an empty
    /// ledger.
    ///
    /// - Parameters:
    ///   - schema: of the database, that holds the tables.
    ///   - address: where clients of other desks reach this one; nil for the address it listens on.
    case postgres(connection: String, schema: String, address: String?, folder: String)
  }

  /// The keys of a writer.
  public struct Keys: Hashable, Sendable {
    /// The file of the venue's key.
    public var venue: String
    /// The file of the log's key.
    public var log: String?
    /// What the log's name begins with.
    public var logName: String?
    /// The file whose first line is the passphrase of both.
    public var passphraseFile: String
  }

  /// The address to listen on.
  public var host = "127.0.0.1"
  /// The port.
  public var port = 8080
  /// Where health, readiness and metrics are answered besides, without TLS; nil for nowhere else.
  public var operations: Listener?
  /// TLS; nil for none, which is for this machine alone or behind a proxy.
  public var tls: TLS?
  /// The ledger.
  public var ledger = Ledger.folder("ledger")
  /// The keys; nil to follow the ledger.
  public var keys: Keys?
  /// Limits, batches, tokens and the rest.
  public var settings = ServiceCore.Settings()
  /// The least severe messages that are logged: trace, debug, info, notice, warning, error or critical.
  public var logLevel = "info"
  /// For how long the answers that are on their way may take when the server is stopped, in seconds.
  public var stopSeconds = 30

  /// The defaults.
  public init() {}

  /// Reads a file, with what the environment says put in its places.
  ///
  /// - Throws: `DocumentError` with the path of what is wrong.
  public init(decoding bytes: [UInt8], environment: [String: String] = [:]) throws(DocumentError) {
    let parsed = try JSONDocument.parse(bytes, maximumBytes: Self.byteLimit)
    let root = JSONNode(try ConfigurationEnvironment.applied(environment, to: parsed.value))
    let members = try root.object(
      version: Self.version, required: ["ledger"],
      optional: [
        "listen", "keys", "log", "access", "limits", "batching", "logging", "rollSeconds", "tailMilliseconds",
        "stopSeconds",
      ])
    try readListen(members.optional("listen"))
    try readLedger(members["ledger"])
    try readKeys(members.optional("keys"))
    try readLog(members.optional("log"))
    try readAccess(members.optional("access"))
    try readLimits(members.optional("limits"))
    if let node = members.optional("batching") {
      let batching = try node.object(
        required: [], optional: ["size", "most", "delayMilliseconds", "waiting"])
      settings.batching = BatchingLimits(
        size: try Self.integer(batching.optional("size"), 1...65_536) ?? settings.batching.size,
        most: try Self.integer(batching.optional("most"), 1...65_536),
        delayMilliseconds: try Self.integer(batching.optional("delayMilliseconds"), 0...1_000)
          ?? settings.batching.delayMilliseconds,
        waiting: try Self.integer(batching.optional("waiting"), 1...1_000_000) ?? settings.batching.waiting)
    }
    if let node = members.optional("logging") {
      let logging = try node.object(required: [], optional: ["level"])
      logLevel =
        try logging.optional("level").map { node throws(DocumentError) in
          (try node.word() as LevelWord).rawValue
        } ?? logLevel
    }
    settings.rollSeconds =
      try Self.integer(members.optional("rollSeconds"), 0...86_400) ?? settings.rollSeconds
    settings.tailMilliseconds =
      try Self.integer(members.optional("tailMilliseconds"), 10...10_000) ?? settings.tailMilliseconds
    stopSeconds = try Self.integer(members.optional("stopSeconds"), 1...3_600) ?? stopSeconds
  }

  private enum LevelWord: String, CaseIterable { case trace, debug, info, notice, warning, error, critical }

  static func integer(_ node: JSONNode?, _ range: ClosedRange<Int64>) throws(DocumentError) -> Int? {
    guard let node else { return nil }
    return Int(try node.integer(in: range))
  }

  private static let pathLimit = 4_096

  private static func path(_ node: JSONNode?) throws(DocumentError) -> String? {
    try node?.unlessNull?.string(maximumLength: pathLimit)
  }

  private mutating func readListen(_ node: JSONNode?) throws(DocumentError) {
    guard let node else { return }
    let listen = try node.object(required: [], optional: ["host", "port", "tls", "operations"])
    host = try listen.optional("host")?.string(maximumLength: 255) ?? host
    port = try Self.integer(listen.optional("port"), 0...65_535) ?? port
    if let node = listen.optional("operations")?.unlessNull {
      let members = try node.object(required: ["port"], optional: ["host"])
      operations = Listener(
        host: try members.optional("host")?.string(maximumLength: 255) ?? "127.0.0.1",
        port: try Self.integer(members["port"], 0...65_535) ?? 0)
    }
    if let node = listen.optional("tls")?.unlessNull {
      let files = try node.object(required: ["certificates", "key"], optional: ["clientAuthority"])
      tls = TLS(
        certificates: try files["certificates"].string(maximumLength: Self.pathLimit),
        key: try files["key"].string(maximumLength: Self.pathLimit),
        clientAuthority: try Self.path(files.optional("clientAuthority")))
    }
  }

  private mutating func readLedger(_ node: JSONNode) throws(DocumentError) {
    let members = try node.object(required: ["folder"], optional: ["postgres", "schema", "address"])
    let folder = try members["folder"].string(maximumLength: Self.pathLimit)
    if let connection = try Self.path(members.optional("postgres")) {
      ledger = .postgres(
        connection: connection,
        schema: try members.optional("schema")?.string(maximumLength: 63) ?? "solvency",
        address: try members.optional("address")?.unlessNull?.string(maximumLength: 1_024), folder: folder)
    } else {
      ledger = .folder(folder)
    }
  }

  private mutating func readKeys(_ node: JSONNode?) throws(DocumentError) {
    guard let node = node?.unlessNull else { return }
    let members = try node.object(required: ["venue", "passphraseFile"], optional: ["log", "logName"])
    let log = try Self.path(members.optional("log"))
    let name = try members.optional("logName")?.unlessNull?.string(maximumLength: 128)
    if (log == nil) != (name == nil) {
      throw node.failure(.missingKey(log == nil ? "log" : "logName"))
    }
    keys = Keys(
      venue: try members["venue"].string(maximumLength: Self.pathLimit), log: log, logName: name,
      passphraseFile: try members["passphraseFile"].string(maximumLength: Self.pathLimit))
  }

  private mutating func readLog(_ node: JSONNode?) throws(DocumentError) {
    guard let node else { return }
    let members = try node.object(required: ["tiles"], optional: ["witnesses"])
    settings.tileFolder = try members["tiles"].string(maximumLength: Self.pathLimit)
    for node in try members.optional("witnesses")?.array(maximumCount: 64) ?? [] {
      let text = try node.string(maximumLength: 512)
      guard let key = try? NoteKey(decoding: text), key.algorithm == .cosignature else {
        throw node.failure(
          .unknownWord(text, known: ["a witness's key: name+hash+base64, as `log witness` shows it"]))
      }
      settings.witnesses.append(key)
    }
  }

  private mutating func readAccess(_ node: JSONNode?) throws(DocumentError) {
    guard let node else { return }
    let members = try node.object(required: [], optional: ["anonymous", "tokens", "certificates", "proxies"])
    settings.anonymousRoles = try Self.roles(members.optional("anonymous"))
    settings.tokens = TokenTable(try Self.owners(members.optional("tokens")))
    settings.certificates = try Self.owners(members.optional("certificates"))
    for node in try members.optional("proxies")?.array(maximumCount: 64) ?? [] {
      settings.proxies.insert(try node.string(maximumLength: 64))
    }
  }

  private static func roles(_ node: JSONNode?) throws(DocumentError) -> Set<Role> {
    var roles: Set<Role> = []
    for node in try node?.array(maximumCount: Role.allCases.count) ?? [] { roles.insert(try node.word()) }
    return roles
  }

  private static func owners(_ node: JSONNode?) throws(DocumentError) -> [TokenTable.Entry] {
    var owners: [TokenTable.Entry] = []
    for node in try node?.array(maximumCount: 1_024) ?? [] {
      let members = try node.object(required: ["name", "roles", "sha256"], optional: ["expires"])
      let expires = try members.optional("expires")?.unlessNull?.unsigned()
      owners.append(
        TokenTable.Entry(
          name: try members["name"].string(maximumLength: 128), roles: try roles(members["roles"]),
          digest: try members["sha256"].digest(), expires: expires.map { Timestamp(seconds: $0) }))
    }
    return owners
  }

  private mutating func readLimits(_ node: JSONNode?) throws(DocumentError) {
    guard let node else { return }
    let members = try node.object(
      required: [],
      optional: [
        "requestsPerSecond", "burst", "concurrent", "connections", "streams", "waitingActions", "idleSeconds",
        "slowSeconds", "leastBytes", "headerBytes", "streamLines",
      ])
    func read(_ name: String, _ range: ClosedRange<Int64>, _ path: WritableKeyPath<ServiceLimits, Int>)
      throws(DocumentError)
    {
      if let value = try Self.integer(members.optional(name), range) {
        settings.limits[keyPath: path] = value
      }
    }
    if let rate = try Self.integer(members.optional("requestsPerSecond"), 0...1_000_000) {
      settings.limits.requestsPerSecond = Double(rate)
    }
    if let burst = try Self.integer(members.optional("burst"), 1...1_000_000) {
      settings.limits.burst = Double(burst)
    }
    try read("concurrent", 1...1_000_000, \.concurrent)
    try read("connections", 1...1_000_000, \.connections)
    try read("streams", 1...65_536, \.streams)
    try read("waitingActions", 1...65_536, \.waitingActions)
    try read("idleSeconds", 1...86_400, \.idleSeconds)
    try read("slowSeconds", 1...3_600, \.slowSeconds)
    try read("leastBytes", 1...1_000_000, \.leastBytes)
    try read("headerBytes", 1_024...1_000_000, \.headerBytes)
    try read("streamLines", 0...1_000_000_000, \.streamLines)
  }
}

/// What the environment puts into a configuration.
enum ConfigurationEnvironment {
  private enum Kind { case text, number, words }

  /// The variables, and where their values go.
  private static let places: [(variable: String, path: [String], kind: Kind)] = [
    ("LISTEN_HOST", ["listen", "host"], .text), ("LISTEN_PORT", ["listen", "port"], .number),
    ("LISTEN_OPERATIONS_HOST", ["listen", "operations", "host"], .text),
    ("LISTEN_OPERATIONS_PORT", ["listen", "operations", "port"], .number),
    ("LISTEN_TLS_CERTIFICATES", ["listen", "tls", "certificates"], .text),
    ("LISTEN_TLS_KEY", ["listen", "tls", "key"], .text),
    ("LISTEN_TLS_CLIENT_AUTHORITY", ["listen", "tls", "clientAuthority"], .text),
    ("LEDGER_FOLDER", ["ledger", "folder"], .text), ("LEDGER_POSTGRES", ["ledger", "postgres"], .text),
    ("LEDGER_SCHEMA", ["ledger", "schema"], .text), ("LEDGER_ADDRESS", ["ledger", "address"], .text),
    ("KEYS_VENUE", ["keys", "venue"], .text), ("KEYS_LOG", ["keys", "log"], .text),
    ("KEYS_LOG_NAME", ["keys", "logName"], .text),
    ("KEYS_PASSPHRASE_FILE", ["keys", "passphraseFile"], .text),
    ("LOG_TILES", ["log", "tiles"], .text), ("ACCESS_ANONYMOUS", ["access", "anonymous"], .words),
    ("BATCHING_SIZE", ["batching", "size"], .number), ("BATCHING_MOST", ["batching", "most"], .number),
    ("BATCHING_DELAY_MILLISECONDS", ["batching", "delayMilliseconds"], .number),
    ("BATCHING_WAITING", ["batching", "waiting"], .number), ("LOGGING_LEVEL", ["logging", "level"], .text),
    ("LIMITS_REQUESTS_PER_SECOND", ["limits", "requestsPerSecond"], .number),
    ("LIMITS_BURST", ["limits", "burst"], .number),
    ("LIMITS_CONNECTIONS", ["limits", "connections"], .number),
    ("LIMITS_CONCURRENT", ["limits", "concurrent"], .number), ("ROLL_SECONDS", ["rollSeconds"], .number),
    ("STOP_SECONDS", ["stopSeconds"], .number),
  ]
  private static let prefix = "SOLVENCYD_"

  /// The value with the environment's put in.
  ///
  /// - Throws: `DocumentError` for a variable of this prefix that is not known: one that is misspelt would be
  ///   left out in
  ///   silence.
  static func applied(_ environment: [String: String], to value: JSONValue) throws(DocumentError) -> JSONValue
  {
    var value = value
    for (name, text) in environment.sorted(by: { $0.key < $1.key }) where name.hasPrefix(prefix) {
      guard let place = places.first(where: { prefix + $0.variable == name }) else {
        throw DocumentError(path: .root, problem: .unknownKey("environment " + name, suggestion: nil))
      }
      let given: JSONValue =
        switch place.kind {
        case .text: .string(text)
        case .number:
          text.utf8.allSatisfy { (48...57).contains($0) } && !text.isEmpty ? .number(text) : .string(text)
        case .words: .array(text.split(separator: ",").map { .string(String($0)) })
        }
      value = put(given, at: place.path[...], in: value)
    }
    return value
  }

  private static func put(_ given: JSONValue, at path: ArraySlice<String>, in value: JSONValue) -> JSONValue {
    guard let name = path.first else { return given }
    var members: [JSONMember] = []
    if case .object(let present) = value { members = present }
    let inner = members.first { $0.key == name }?.value ?? .object([])
    let changed = JSONMember(name, put(given, at: path.dropFirst(), in: inner))
    if let place = members.firstIndex(where: { $0.key == name }) {
      members[place] = changed
    } else {
      members.append(changed)
    }
    return .object(members)
  }
}
