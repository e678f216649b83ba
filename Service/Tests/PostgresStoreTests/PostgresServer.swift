import Foundation
import PostgresStore
import Testing

/// A server that the tests start themselves, with the project's own script, in a folder of its own.
///
/// Where there is none to be had the suites are skipped and say so; where `CI` is set they fail instead.
final class PostgresServer: Sendable {
  /// What suites are enabled by, and what they say when they are not.
  static let comment: Comment = "no PostgreSQL here: sh Service/Scripts/postgres.sh install"
  static let isAvailable: Bool = {
    let isDemanded = ProcessInfo.processInfo.environment["CI"] != nil
    if isDemanded { _ = try? run(["install"]) }
    if (try? run(["path"])) != nil { return true }
    if !isDemanded { print("skipped: \(comment)") }
    return isDemanded
  }()

  private static let script = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Scripts/postgres.sh").standardized.path

  /// The one that suites share which do not stop it, ended with the process.
  static let shared = Result { try PostgresServer(endsWithProcess: true) }

  let folder: String
  /// What to connect with.
  let connection: String
  private let port: Int?

  /// - Parameter port: where it listens on TCP; nil for a socket in a folder alone.
  init(port: Int? = nil, endsWithProcess: Bool = false) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "solvency-server-\(UUID())").path
    self.port = port
    connection = try Self.start(folder, port)
    guard endsWithProcess else { return }
    Ending.folders.append(folder)
  }

  private static func start(_ folder: String, _ port: Int?) throws -> String {
    let said = try run(["start", folder] + (port.map { ["\($0)"] } ?? []))
    return said.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Begins again after ``kill()``.
  func start() throws { _ = try Self.start(folder, port) }

  /// Ends it as a loss of power would.
  func kill() throws { _ = try Self.run(["kill", folder]) }

  /// Stops it and takes everything away.
  func remove() { Self.remove(folder) }

  fileprivate static func remove(_ folder: String) {
    _ = try? run(["stop", folder])
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// A ledger of its own on the server.
  func configuration(
    _ schema: String = fresh(), patience: Int = 3_000, lockTimeout: Int = 10_000, options: String = ""
  ) throws -> PostgresConfiguration {
    try PostgresConfiguration(
      connection: connection + options, schema: schema, patience: patience, lockTimeout: lockTimeout)
  }

  /// A name that no other test has.
  static func fresh() -> String {
    "t" + UUID().uuidString.lowercased().replacingOccurrences(of: "-", with: "_")
  }

  /// Runs statements with the server's own client: what somebody else may do to the tables.
  @discardableResult
  func sql(_ statements: String, in configuration: PostgresConfiguration) throws -> String {
    try Self.command(
      [
        "psql", connection, "-AtqX", "-v", "ON_ERROR_STOP=1", "-c",
        "SET search_path = \(configuration.schema)", "-c", statements,
      ])
  }

  private static func run(_ arguments: [String]) throws -> String { try command(["sh", script] + arguments) }

  /// Runs a command and returns what it prints.
  ///
  /// Not through `Process`: on Linux that waits until everybody has closed a socket that the command's
  /// children inherit, and a server is such a child.
  static func command(_ words: [String]) throws -> String {
    let quoted = words.map { "'" + $0.replacingOccurrences(of: "'", with: "'\\''") + "'" }
    let complaints = FileManager.default.temporaryDirectory.appending(path: "solvency-\(UUID()).err").path
    defer { try? FileManager.default.removeItem(atPath: complaints) }
    guard let pipe = popen(quoted.joined(separator: " ") + " </dev/null 2>\(complaints)", "r") else {
      throw Failure(text: "popen failed")
    }
    var said: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while case let count = fread(&buffer, 1, buffer.count, pipe), count > 0 { said += buffer[..<count] }
    guard pclose(pipe) == 0 else {
      throw Failure(text: (try? String(contentsOfFile: complaints, encoding: .utf8)) ?? "")
    }
    return String(decoding: said, as: UTF8.self)
  }

  struct Failure: Error {
    let text: String
  }
}

/// Takes servers away when the tests end.
private enum Ending {
  nonisolated(unsafe) static var folders: [String] = [] {
    didSet {
      guard oldValue.isEmpty else { return }
      atexit {
        for folder in Ending.folders { PostgresServer.remove(folder) }
      }
    }
  }
}
