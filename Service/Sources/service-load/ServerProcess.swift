import Foundation

/// A `solvencyd` of its own, on a copy of a ledger.
final class ServerProcess {
  /// Where it listens, without a slash at the end.
  let url: String
  /// Where it answers for its health.
  let operations: String
  private let process: Process
  private let log: String

  /// What can go wrong with it.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Starts it in a new directory and waits until it listens.
  ///
  /// - Throws: ``Failure``, or what the file system throws.
  init(_ program: String, venue: LoadVenue, copy: String) throws {
    let files = FileManager.default
    try? files.removeItem(atPath: copy)
    try files.copyItem(atPath: venue.folder + "/ledger", toPath: copy)
    let configuration = """
      {"version": 1, "ledger": {"folder": "\(copy)"}, "listen": {"host": "127.0.0.1", "port": 0, "operations": {"port": 0}},
       "keys": {"venue": "\(venue.folder)/venue.key", "log": "\(venue.folder)/log.key",
                "logName": "log.example", "passphraseFile": "\(venue.folder)/passphrase"},
       "access": {"anonymous": ["read"], "tokens": []}, "limits": {"requestsPerSecond": 0, "streams": 1024}}
      """
    let file = copy + ".json"
    try Data(configuration.utf8).write(to: URL(fileURLWithPath: file))
    log = copy + ".log"
    guard files.createFile(atPath: log, contents: nil), let sink = FileHandle(forWritingAtPath: log) else {
      throw Failure(description: "\(log) cannot be written")
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = ["--config", file]
    process.standardError = sink
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    self.process = process
    var found: (url: String, operations: String)?
    for _ in 0..<600 where found == nil {
      guard process.isRunning else { break }
      Thread.sleep(forTimeInterval: 0.05)
      let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
      if let url = Self.address("url", in: text), let operations = Self.address("operations", in: text) {
        found = (url, operations)
      }
    }
    guard let found else {
      process.terminate()
      let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
      throw Failure(description: "solvencyd did not start: \(text.suffix(500))")
    }
    (url, operations) = found
  }

  /// An address that the log states under a key, without a slash at the end.
  private static func address(_ key: String, in log: String) -> String? {
    guard let start = log.range(of: "\"\(key)\":\""), let end = log[start.upperBound...].firstIndex(of: "\"")
    else { return nil }
    let text = String(log[start.upperBound..<end]).replacingOccurrences(of: "\\/", with: "/")
    return text.hasSuffix("/") ? String(text.dropLast()) : text
  }

  /// Processor time of all its threads so far, in seconds.
  var processorSeconds: Double {
    // Fields 14 and 15 of proc(5), counted after the name in parentheses.
    guard let text = try? String(contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8),
      let name = text.lastIndex(of: ")")
    else { return 0 }
    let fields = text[text.index(after: name)...].split(separator: " ")
    guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return 0 }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  /// What it has in memory, in MB.
  var residentMegabytes: Double {
    let text =
      (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)) ?? ""
    guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }),
      let kilobytes = line.split(separator: " ").dropFirst().first.flatMap({ Double($0) })
    else { return 0 }
    return kilobytes / 1_024
  }

  /// Ends it as an operator does.
  func stop() {
    process.terminate()
    process.waitUntilExit()
  }
}
