internal import Admission
internal import CanonicalBytes
internal import CommandSupport
internal import Foundation
internal import ProofCore
internal import Ristretto
internal import Solvency
internal import SolvencyProver

/// The accounts of a ledger, each of which a roll lists in the ledger's present state.
struct ListedLedger {
  /// The venue and the ledger's identity.
  let audience: Audience
  private let path: String
  private var accounts: [AccountID: (commitment: EncodedPoint, sequence: UInt64)] = [:]

  /// Reads a ledger's folder.
  init(_ path: String) throws(ToolFailure) {
    self.path = path
    let folder = try LedgerFolder(path)
    let ledger = try folder.ledger(from: .checkpoint)
    var listed: [AccountID: (commitment: EncodedPoint, sequence: UInt64)] = [:]
    var identity: Digest?
    try ToolFailure.wrapping(path) {
      try ledger.withState { state in
        identity = state.charter?.identity
        state.forEachAccount { account in listed[account.account] = (account.commitment, account.sequence) }
      }
    }
    accounts = listed
    guard let identity, let audience = try? Audience(folder.venue.description, ledger: identity) else {
      throw ToolFailure(
        .refused, path, "has no charter; `ledger publish` founds it, `ledger upgrade` an older one")
    }
    self.audience = audience
  }

  /// Takes an opening for the account that it is of.
  ///
  /// - Throws: ``ToolFailure`` if the ledger has no such account, or another book or state of it.
  mutating func take(_ opening: borrowing AccountOpening, at place: String) throws(ToolFailure) {
    let name = opening.account
    guard let account = accounts.removeValue(forKey: name) else {
      throw ToolFailure(.refused, place, "is of \(name), which the ledger \(path) has not opened")
    }
    guard account.sequence == opening.sequence else {
      throw ToolFailure(
        .refused, place,
        "is of state \(opening.sequence) of \(name), and the ledger has state \(account.sequence); apply the fills "
          + "that are missing with `solvency fill`")
    }
    let own = try ToolFailure.wrapping(place) { try opening.commitment().commitment.encoded }
    guard own == account.commitment else {
      throw ToolFailure(.refused, place, "opens another commitment than the ledger has of \(name)")
    }
  }

  /// Refuses a roll that would leave an account out.
  func checkComplete() throws(ToolFailure) {
    guard !accounts.isEmpty else { return }
    let missing = accounts.keys.map(\.description).sorted()
    throw ToolFailure(
      .refused, path,
      "\(missing.count) of its accounts have no opening here; name them with --opening or --openings. Nothing was written",
      details: missing.prefix(20).joined(separator: "\n") + (missing.count > 20 ? "\n…" : ""))
  }

  /// The openings of a folder, in the order of their names.
  static func openings(in folder: String) throws(ToolFailure) -> [String] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      throw ToolFailure(.missingInput, folder, "is not a folder that can be read")
    }
    let files = names.filter { $0.hasSuffix(".opening") }.sorted().map { "\(folder)/\($0)" }
    guard !files.isEmpty else {
      throw ToolFailure(.missingInput, folder, "has no file whose name ends in .opening")
    }
    return files
  }
}
