internal import Admission
internal import AdmissionStore
internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import Foundation
internal import Solvency

/// `solvency ledger backup`
struct LedgerBackup: Verb {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Write a copy of a ledger's database while it is in use.",
    discussion: """
      The copy holds the log as it is at one moment, and is checked before the command ends. desk.json and the circuits \
      are in the log as well.

        solvency ledger backup --ledger desk -o ledger-monday.sqlite
      """)

  @OptionGroup var ledger: LedgerOption

  @Option(
    name: [.customShort("o"), .customLong("output")], help: "Where the copy is written.",
    completion: .file(extensions: ["sqlite"]))
  var file: String

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let folder = try ledger.folder()
    try OutputFile.checkFree(file, replacing: false)
    guard OutputFile.isReplaceable(file) else {
      throw ToolFailure(
        .inputOutput, file, "is not a place for a database; name a file that is not there yet")
    }
    guard InputFile.exists(OutputFile.folder(of: file)) else {
      throw ToolFailure(.inputOutput, file, "cannot be written: its folder is not there")
    }
    try ToolFailure.wrapping(folder.storePath) {
      try SQLiteStore(opening: folder.storePath, for: .reading).backUp(to: file)
    }
    let store = try ToolFailure.wrapping(file) { try SQLiteStore(opening: file, for: .reading) }
    try folder.check(store, at: file)
    let copy = try ToolFailure.wrapping(file) {
      try Ledger(reading: store, of: folder.parties.venue, from: .beginning)
    }
    return Report(
      text: "\(file): \(copy.head.count) entries, \(copy.head.digest)",
      data: [
        "file": .string(file), "entries": .integer(copy.head.count),
        "head": .string(copy.head.digest.description),
      ])
  }
}

/// `solvency ledger restore`
struct LedgerRestore: Verb {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Put a copy in the place of a ledger's database.",
    discussion: """
      The copy is replayed from its first entry, and refused if it ends before a head that the venue has signed: that of \
      ledger.head, or one that was kept elsewhere (--head). Going back behind what was published would be a second log. \
      The database that was there is kept beside it, as ledger.sqlite.replaced.

        solvency ledger restore --ledger desk ledger-monday.sqlite
      """)

  @OptionGroup var ledger: LedgerOption

  @Argument(help: "The copy that `ledger backup` wrote.", completion: .file(extensions: ["sqlite"]))
  var copy: String

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let folder = try ledger.folder()
    try InputFile.check(copy)
    let known = try folder.publishedLogHead()
    let book = try ToolFailure.wrapping(copy) {
      let store = try SQLiteStore(opening: copy, for: .reading)
      try store.checkIntegrity()
      return try Ledger(
        reading: store, of: folder.parties.venue, from: .beginning, notBehind: known)
    }
    let place = folder.storePath
    let fresh = "\(place).\(UInt64.random(in: 0 ... .max)).tmp"
    try ToolFailure.wrapping(copy) { try SQLiteStore(opening: copy, for: .reading).backUp(to: fresh) }
    let files = FileManager.default
    do {
      for suffix in ["", "-wal", "-shm"] where files.fileExists(atPath: place + suffix) {
        let kept = "\(place).replaced\(suffix)"
        if files.fileExists(atPath: kept) { try files.removeItem(atPath: kept) }
        try files.moveItem(atPath: place + suffix, toPath: kept)
      }
      try files.moveItem(atPath: fresh, toPath: place)
    } catch {
      throw ToolFailure(
        .inputOutput, place,
        "cannot be replaced; the copy is at \(fresh), and what was there at \(place).replaced")
    }
    do throws(ToolFailure) {
      try folder.check(try folder.store(), at: ledger.path)
    } catch {
      throw ToolFailure(
        error.kind, error.place, "the copy is in its place, and is not whole: \(error.problem)")
    }
    return Report(
      text: "\(place): \(book.head.count) entries, \(book.head.digest)",
      data: ["entries": .integer(book.head.count), "head": .string(book.head.digest.description)])
  }
}
