internal import CLibPQ

/// Where a ledger's server is, and how long it is waited for.
///
/// A connection string holds a password, sometimes: neither a description of this value nor any error or
/// event of this module shows one. Better, keep it out of the string, in the file that `PGPASSFILE` names.
public struct PostgresConfiguration: Sendable {
  /// The string as libpq takes it: `host=… port=… dbname=… user=… sslmode=…`, or `postgresql://…`.
  let connection: String
  /// The schema that holds the ledger's tables.
  public let schema: String
  /// How long a call tries to reach the server again before it gives up, in milliseconds.
  public var patience: Int
  /// How long one statement may take, in milliseconds, by the server's clock.
  public var statementTimeout: Int
  /// How long the pen is waited for while another desk writes, in milliseconds.
  public var lockTimeout: Int
  /// How long an attempt to connect may take, in seconds, 2 or more, which is libpq's least.
  public var connectTimeout: Int

  /// The server, the schema, and times that suit a server in the same data centre.
  ///
  /// - Parameters:
  ///   - connection: libpq's parameters; TLS is among them (`sslmode`, `sslrootcert`, `sslcert`, `sslkey`,
  ///     `sslcrl`). A server that is reached over TCP has to show a certificate for its name (`verify-full`)
  ///     unless the string or `PGSSLMODE` says otherwise.
  ///   - schema: 1 to 63 of `a … z`, `0 … 9`, `_`, not beginning with a digit or `pg_`. A database can hold
  ///     several ledgers.
  /// - Throws: ``PostgresConfigurationError``.
  public init(
    connection: String, schema: String = "solvency", patience: Int = 3_000, statementTimeout: Int = 15_000,
    lockTimeout: Int = 10_000, connectTimeout: Int = 2
  ) throws(PostgresConfigurationError) {
    let letters = schema.utf8
    guard (1...63).contains(letters.count), !schema.hasPrefix("pg_"),
      letters.allSatisfy({
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 || Self.isDigit($0) || $0 == UInt8(ascii: "_")
      }),
      let first = letters.first, !Self.isDigit(first)
    else { throw .schema(schema) }
    guard !connection.utf8.contains(0), Self.parts(of: connection) != nil else { throw .connection }
    for time in [patience, statementTimeout, lockTimeout] where !(1...3_600_000).contains(time) {
      throw .time(milliseconds: time)
    }
    guard (2...600).contains(connectTimeout) else { throw .time(milliseconds: connectTimeout &* 1_000) }
    (self.connection, self.schema, self.patience) = (connection, schema, patience)
    (self.statementTimeout, self.lockTimeout) = (statementTimeout, lockTimeout)
    self.connectTimeout = connectTimeout
  }

  private static func isDigit(_ letter: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= letter }

  /// The parameters of a connection string by name; nil if it is not one.
  private static func parts(of connection: String) -> [(name: String, value: String)]? {
    // What is neither is the name of a database.
    guard connection.contains("=") || connection.contains("://") else { return [("dbname", connection)] }
    guard let options = unsafe PQconninfoParse(connection, nil) else { return nil }
    defer { unsafe PQconninfoFree(options) }
    var parts: [(String, String)] = []
    var option = unsafe options
    while let keyword = unsafe option.pointee.keyword {
      if let value = unsafe option.pointee.val {
        unsafe parts.append((String(cString: keyword), String(cString: value)))
      }
      unsafe option += 1
    }
    return parts
  }
}

extension PostgresConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  private static let shown: Set<String> = [
    "host", "hostaddr", "port", "dbname", "user", "sslmode", "service",
  ]

  /// Where the server is, without a password.
  public var description: String {
    let parts = Self.parts(of: connection) ?? []
    let text = parts.filter { Self.shown.contains($0.name) }.map { "\($0.name)=\($0.value)" }
    return (text + ["schema=\(schema)"]).joined(separator: " ")
  }

  /// The same.
  public var debugDescription: String { description }

  /// Nothing of what it holds.
  public var customMirror: Mirror { Mirror(self, children: [(label: String?, value: Any)]()) }
}

/// Why a configuration is not taken.
public enum PostgresConfigurationError: Error, Hashable, Sendable {
  /// The string is not one that libpq accepts. What it says is not repeated, as it may hold a password.
  case connection
  /// The schema's name has other letters than `a … z`, `0 … 9`, `_`, or a form that is not allowed.
  case schema(String)
  /// A time that is not between a millisecond and an hour; to connect, between 2 seconds and 10 minutes.
  case time(milliseconds: Int)
}

/// What a store or a seat tells its log of. No text in it has a password or anything of the book.
public enum PostgresEvent: Hashable, Sendable {
  /// A connection stands.
  case connected(server: String)
  /// A connection broke, or could not be made: what libpq or the server said.
  case lost(String)
  /// A batch whose commit was not answered was looked for: whether it was there.
  case resolved(index: UInt64, wasThere: Bool)
  /// This desk became the writer.
  case elected(term: UInt64)
  /// Another desk became the writer after this one.
  case superseded(term: UInt64)
  /// The connection of a writer that gave no sign of life was ended at the server.
  case ended(backend: Int32)
  /// A statement failed: SQLSTATE, and the server's sentence.
  case refused(code: String, sentence: String)
}
