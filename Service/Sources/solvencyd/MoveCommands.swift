import Admission
import AdmissionStore
import ArgumentParser
import Foundation
import PostgresStore
import SolvencyService

/// `solvencyd import`
struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Fill the configuration's empty database with the log of a ledger directory.",
    discussion: """
      The log is the same ledger afterwards: entries, documents, signed head and checkpoint are moved as they are. Stop \
      whatever writes to the directory before, and do not start it again.

        solvencyd import --config solvencyd.json --from ledger
      """)

  @Option(help: "The configuration file, which names a database.", completion: .file(extensions: ["json"]))
  var config: String

  @Option(help: "The ledger directory.", completion: .directory)
  var from: String

  func run() throws {
    let configuration = try Serve.configuration(config)
    guard case .postgres(let connection, let schema, _, _) = configuration.ledger else {
      fail(EX_USAGE, "\(config): ledger.postgres names no database")
    }
    let file = from + "/ledger.sqlite"
    do throws(StoreError) {
      let old: SQLiteStore
      do throws(StoreError) {
        old = try SQLiteStore(opening: file, for: .reading)
      } catch {
        fail(EX_NOINPUT, "\(file): no ledger that can be read: \(error)")
      }
      let store = try PostgresStore(Self.server(connection, schema), creating: true)
      try store.fill(from: old)
      let count = try store.count()
      print("\(schema): \(count) entries of \(from)")
    } catch .wrongIndex(let expected) {
      fail(EX_DATAERR, "\(schema): has \(expected) entries already; name an empty schema")
    } catch {
      fail(EX_IOERR, "\(config): ledger.postgres: \(OpenedLedger.text(of: error))")
    }
  }

  static func server(_ connection: String, _ schema: String) -> PostgresConfiguration {
    do throws(PostgresConfigurationError) {
      return try PostgresConfiguration(connection: connection, schema: schema)
    } catch {
      fail(EX_DATAERR, "ledger: \(OpenedLedger.text(of: error))")
    }
  }
}

/// `solvencyd export`
struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the log, with the documents of its entries, to one file for an auditor.",
    discussion: """
      Others may go on writing: the file ends at the head that was signed last when this began. `solvency audit replay` \
      reads it.

        solvencyd export --config solvencyd.json -o day.log
      """)

  @Option(help: "The configuration file.", completion: .file(extensions: ["json"]))
  var config: String

  @Option(name: .shortAndLong, help: "Where the log is written; nothing may be there.", completion: .file())
  var output: String

  func run() throws {
    let configuration = try Serve.configuration(config)
    do throws(StoreError) {
      let store: any LedgerStore
      switch configuration.ledger {
      case .folder(let folder): store = try SQLiteStore(opening: folder + "/ledger.sqlite", for: .reading)
      case .postgres(let connection, let schema, _, _):
        store = try PostgresStore(Import.server(connection, schema))
      }
      guard let head = try store.head() else { fail(EX_DATAERR, "\(config): there is no log yet") }
      try write(store, until: head)
      print("\(output): \(head.unverified.count) entries, \(head.unverified.digest)")
    } catch {
      fail(EX_IOERR, "\(config): ledger: \(OpenedLedger.text(of: error))")
    }
  }

  private func write(_ store: any LedgerStore, until head: SignedLogHead) throws(StoreError) {
    let descriptor = open(output, O_WRONLY | O_CREAT | O_EXCL, 0o644)
    guard descriptor >= 0 else { fail(EX_IOERR, "\(output): is there already, or cannot be written") }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    do {
      try file.write(contentsOf: Data(LogFile.header(head)))
      var end = LogHead.empty
      while end.count < head.unverified.count {
        let left = head.unverified.count - end.count
        for item in try store.items(from: end.count, limit: Int(min(256, left))) {
          try file.write(contentsOf: Data(LogFile.bytes(of: item)))
          guard item.entry.previous == end.digest else { throw StoreError.corrupt }
          end = LogHead(item.entry)
        }
      }
      guard end == head.unverified else { throw StoreError.corrupt }
      try file.synchronize()
    } catch {
      unlink(output)
      throw error as? StoreError ?? .full
    }
  }
}

/// Ends the process with one line.
private func fail(_ code: Int32, _ text: String) -> Never {
  _ = Failed(code, text)
  Foundation.exit(code)
}
