import Foundation

/// Stands between a client and a server on sockets of the file system, and cuts the connection at a word.
final class CuttingProxy: @unchecked Sendable {
  /// Where the connection is cut.
  enum Cut {
    /// When the client says the word, before the server hears it.
    case before(String)
    /// When the server says the word, before the client hears it.
    case after(String)
  }

  let folder: String
  private let target: String
  private let listener: Int32
  private let lock = NSLock()
  private var cut: Cut?
  private(set) var cutCount = 0

  /// - Parameter target: the folder of the server's socket.
  init(to target: String) throws {
    folder = "/tmp/cut-\(UUID().uuidString.prefix(8))"
    self.target = target + "/.s.PGSQL.5432"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    let bound = Self.withAddress(folder + "/.s.PGSQL.5432") { bind(listener, $0, $1) }
    guard bound == 0, listen(listener, 16) == 0 else { throw CocoaError(.fileNoSuchFile) }
    Thread.detachNewThread { [self] in
      while true {
        let client = accept(listener, nil, nil)
        guard client >= 0 else { return }
        let server = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard Self.withAddress(self.target, { connect(server, $0, $1) }) == 0 else {
          close(client)
          close(server)
          continue
        }
        Thread.detachNewThread { self.forward(client, server, isAnswer: false) }
        Thread.detachNewThread { self.forward(server, client, isAnswer: true) }
      }
    }
  }

  deinit {
    close(listener)
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Cuts the next connection on which the word is said, once.
  func arm(_ cut: Cut) { lock.withLock { self.cut = cut } }

  private func isCut(_ bytes: ArraySlice<UInt8>, isAnswer: Bool) -> Bool {
    lock.withLock {
      let word: String
      switch cut {
      case .before(let text) where !isAnswer: word = text
      case .after(let text) where isAnswer: word = text
      default: return false
      }
      guard Data(bytes).range(of: Data(word.utf8)) != nil else { return false }
      cut = nil
      cutCount += 1
      return true
    }
  }

  private func forward(_ source: Int32, _ target: Int32, isAnswer: Bool) {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(source, &buffer, buffer.count)
      guard count > 0, !isCut(buffer[..<count], isAnswer: isAnswer) else { break }
      var sent = 0
      while sent < count {
        let more = buffer[sent..<count].withUnsafeBytes {
          send(target, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard more > 0 else { break }
        sent += more
      }
    }
    shutdown(source, Int32(SHUT_RDWR))
    shutdown(target, Int32(SHUT_RDWR))
  }

  private static func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32)
    -> Int32
  {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }
}
