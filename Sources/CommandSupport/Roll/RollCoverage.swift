package import Admission
internal import CanonicalBytes
internal import Ristretto
internal import Solvency
internal import VenueSolvency

/// Whether a roll lists every account of a ledger, in the state that the account had.
///
/// Names on a roll are blinded, and commitments are not: an account is listed if an entry has its commitment
/// and its sequence. What the roll lists beside is padding, or other accounts of the venue, and adds to what
/// is owed.
package struct RollCoverage {
  /// The accounts that no entry is of, in the order of their names; empty if the roll lists all.
  package let missing: [String]
  /// How many accounts the ledger had.
  package let count: Int

  /// The shape of an entry: what no two accounts share.
  private struct Listing: Hashable {
    let commitment: EncodedPoint
    let sequence: UInt64
  }

  /// Compares the entries of a roll with a ledger.
  ///
  /// A ledger goes on while its roll is proved. So it is compared as it was at the roll's instant: with all
  /// that happened in that second, and with nothing of it. Books of a later state under an earlier instant
  /// are not those of the instant.
  package init(
    of ledger: Ledger, in folder: LedgerFolder, by roll: RollFolder, at moment: Timestamp
  ) throws(ToolFailure) {
    let listed = try Self.listings(of: roll)
    let (present, isOfInstant) = try ToolFailure.wrapping(folder.path) {
      try ledger.withState { state in (Self.missing(from: listed, in: state), state.clock <= moment) }
    }
    var best = present
    // Nothing has happened since: as it is, it was. Else the log is gone through again.
    if !isOfInstant || !best.names.isEmpty {
      var isFirst = !isOfInstant
      for earlier in try folder.states(around: moment) {
        let found = Self.missing(from: listed, in: earlier)
        if isFirst || found.names.count < best.names.count { best = found }
        isFirst = false
      }
    }
    (missing, count) = (best.names.sorted(), best.count)
  }

  private static func listings(of roll: RollFolder) throws(ToolFailure) -> Set<Listing> {
    var listed: Set<Listing> = []
    var entries = try EntryReader(roll.entries)
    while let entry = try entries.next() {
      guard let account = try? RollAccount(decoding: entry) else {
        throw ToolFailure(.malformedInput, roll.entries, "account \(listed.count + 1) is malformed")
      }
      listed.insert(Listing(commitment: account.commitment, sequence: account.sequence))
    }
    return listed
  }

  private static func missing(
    from listed: Set<Listing>, in state: borrowing LedgerState
  ) -> (names: [String], count: Int) {
    var names: [String] = []
    state.forEachAccount { account in
      if !listed.contains(Listing(commitment: account.commitment, sequence: account.sequence)) {
        names.append(account.account.description)
      }
    }
    return (names, state.accountCount)
  }
}

extension LedgerFolder {
  /// What the ledger was before the first and after the last event of a second.
  fileprivate func states(around moment: Timestamp) throws(ToolFailure) -> [LedgerState] {
    let store = try store()
    guard let signed = try signedHead(of: store) else { return [] }
    var replay = LogReplay()
    var (before, after): (LedgerState?, LedgerState?)
    try forEachItem(of: store, until: signed.unverified.count) { item throws(ToolFailure) in
      guard after == nil else { return }
      if before == nil, item.entry.time >= moment { before = replay.state }
      if item.entry.time > moment {
        after = replay.state
        return
      }
      try ToolFailure.wrapping(path) { try replay.apply(item.entry) }
    }
    return [before ?? replay.state, after ?? replay.state]
  }
}
