internal import Admission
internal import AdmissionStore
internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import Foundation
internal import MarginRules
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

  func perform() throws -> Report {
    let (signed, byteCount) = try ledger.folder().exportLog(to: file, replacing: force)
    return Report(
      text: "\(file): \(signed.unverified.count) entries, \(byteCount) bytes",
      data: [
        "file": .string(file), "entries": .integer(signed.unverified.count),
        "bytes": .integer(byteCount), "signedHead": signed.json,
      ])
  }
}
