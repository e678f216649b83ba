internal import Admission
internal import AdmissionStore
internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import Foundation
internal import Solvency

/// `solvency ledger repair`
struct LedgerRepair: Verb {
  static let configuration = CommandConfiguration(
    commandName: "repair",
    abstract: "Put documents that a ledger has lost, or that were damaged, back in their places.",
    discussion: """
      Every entry names its document by digest, so a document needs nobody's word: it is taken wherever an entry names \
      it, and nowhere else. Give exported logs, copies of the database, or the files that the documents were: requests, \
      fill reports, attestations of one account, snapshots with their signatures, lists of coordinates. Entries \
      themselves are not repaired; restore a copy for that.

        solvency ledger repair --ledger desk day.log
        solvency ledger repair \\
          --ledger desk request.json snapshot.json snapshot.sig.json
      """)

  @OptionGroup var ledger: LedgerOption

  @Argument(help: "Where the documents are.", completion: .file())
  var sources: [String]

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let folder = try ledger.folder()
    // A name that is wrong is said to be, also when nothing is needed from there.
    for source in sources { try InputFile.check(source) }
    let store = try folder.store()
    guard let signed = try folder.signedHead(of: store) else {
      throw ToolFailure(.refused, ledger.path, "is empty: there is no log yet")
    }
    var check = LedgerCheck(of: folder.parties.venue)
    try folder.forEachItem(of: store, until: signed.unverified.count) { item in check.look(at: item) }
    try check.checkEntries(at: signed, in: ledger.path)
    let wanted = check.damaged
    guard !wanted.isEmpty else {
      return Report(
        text: "\(ledger.path): every document is there",
        data: ["repaired": .integer(0), "missing": .array([])])
    }
    let documents = try EvidenceSources(sources, for: folder).documents(of: wanted)
    let found = wanted.compactMap { entry in documents[entry].map { (index: entry.index, bytes: $0) } }
    let missing = wanted.filter { documents[$0] == nil }.map(\.index)
    if !found.isEmpty {
      try ToolFailure.wrapping(folder.storePath) {
        try SQLiteStore(opening: folder.storePath).replaceEvidence(found)
      }
    }
    let left = missing.map { "\($0)" }.joined(separator: ", ")
    return Report(
      text: "\(ledger.path): \(found.count) documents are back"
        + (missing.isEmpty ? "" : "; those of entries \(left) are still missing"),
      data: [
        "repaired": .integer(found.count), "missing": .array(missing.map { .integer($0) }),
      ], isPositive: missing.isEmpty)
  }
}
