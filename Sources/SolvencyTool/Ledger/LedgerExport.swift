internal import Admission
internal import AdmissionStore
internal import ArgumentParser
internal import Foundation
internal import JSONDocuments
internal import MarginEngine
internal import Ristretto
internal import Solvency

/// `solvency ledger export`
struct LedgerExport: Verb {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the log, with the documents of its entries, to one file for an auditor.")

  @OptionGroup var ledger: LedgerOption

  @Option(
    name: [.customShort("o"), .customLong("output")], help: "Where the log is written.",
    completion: .file(extensions: ["log"]))
  var file: String

  @Flag(help: "Replace a file that is there.")
  var force = false

  @OptionGroup var output: OutputOptions

  private static let readLimit = 1024

  func perform() throws -> Report {
    let store = try ledger.folder().store()
    try OutputFile.checkFree(file, replacing: force)
    let signed = try ToolFailure.wrapping(ledger.path) { try store.head() }
    guard let signed else { throw ToolFailure(.refused, ledger.path, "is empty: there is no log yet") }
    var bytes = LogFile.header(signed)
    var index: UInt64 = 0
    while index < signed.unverified.count {
      let items = try ToolFailure.wrapping(ledger.path) {
        try store.items(from: index, limit: Self.readLimit)
      }
      guard !items.isEmpty else { break }
      // Entries that were appended after the head was read belong to the next export.
      for item in items where item.entry.index < signed.unverified.count {
        bytes += LogFile.bytes(of: item)
      }
      index += UInt64(items.count)
    }
    try OutputFile.write(bytes, to: file, access: .everybody, replacing: force)
    return Report(
      text: "\(file): \(signed.unverified.count) entries, \(bytes.count) bytes",
      data: [
        "file": .string(file), "entries": .integer(signed.unverified.count),
        "bytes": .integer(bytes.count), "signedHead": signed.json,
      ])
  }
}
