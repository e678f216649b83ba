import CanonicalBytes
import Foundation
import Logging

/// Writes each message as one line of JSON to standard error, in one piece.
///
/// What is logged is chosen where it is logged: routes, statuses, codes, accounts' names in the audit trail.
/// No token, no passphrase, no body of a request is ever given to a logger.
struct JSONLogHandler: LogHandler {
  let label: String
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.info

  init(label: String) { self.label = label }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var members = [
      JSONMember("time", .string(Timestamp.now.text)), JSONMember("level", .string(event.level.rawValue)),
      JSONMember("label", .string(label)), JSONMember("message", .string("\(event.message)")),
    ]
    let merged = metadata.merging(event.metadata ?? [:]) { $1 }
    for (key, value) in merged.sorted(by: { $0.key < $1.key }) {
      members.append(JSONMember(key == "hb.request.id" ? "request" : key, .string("\(value)")))
    }
    let line = JSONValue.object(members).encoded(.compact) + [UInt8(ascii: "\n")]
    FileHandle.standardError.write(Data(line))
  }
}
