public import CanonicalBytes
internal import MarginRules
internal import ProofCore
internal import Ristretto
public import Solvency
public import SolvencyProver
internal import VenueSolvency

/// What a venue keeps of an account of a roll until it is proved. Secret: it opens the account.
public struct RollSecret: Sendable {
  /// The salt of the blinded name, 32 random bytes.
  public let salt: Bytes32
  /// The plain opening, as ``SolvencyProver/OpeningFile`` writes it.
  public let opening: [UInt8]
  /// Whether the account is listed as opened to the auditor.
  public let isOpened: Bool

  /// A secret of these parts.
  public init(salt: Bytes32, opening: [UInt8], isOpened: Bool = false) {
    self.salt = salt
    self.opening = opening
    self.isOpened = isOpened
  }
}

/// Why a window of accounts is not listed. For the venue alone.
public struct RollWindowError: Error, Hashable, Sendable {
  /// What is wrong.
  public enum Reason: Hashable, Sendable {
    /// The opening cannot be read.
    case file(OpeningFileError)
    /// The account cannot be listed.
    case listing(RollListingError)
  }

  /// The account's place in the window; of a group that was not proved, the first account's.
  public let index: Int
  /// What is wrong.
  public let reason: Reason
}

extension RollProver {
  /// Lists accounts that follow each other on a roll, on all cores.
  ///
  /// - Parameters:
  ///   - window: the accounts in the order of the roll.
  ///   - size: how many solvent accounts share a proof; nil gives each its own. What is left of the window
  ///     makes groups of smaller powers of two.
  ///   - workers: how many threads prove; all cores by default.
  /// - Returns: the listings in the order of the window. All accounts of a group have the whole group as
  ///   evidence.
  /// - Throws: ``RollWindowError`` for the first account that is not listed.
  public func listings(
    of window: [RollSecret], sharing size: GroupSize? = nil, workers: Int? = nil
  ) throws(RollWindowError) -> [RollListing] {
    let (groups, alone) = try parts(of: window, size, workers)
    let results = Parallel.map(count: groups.count + alone.count, workers: workers) { part in
      Result { () throws(RollWindowError) -> [(index: Int, listing: RollListing)] in
        if part < groups.count { return try prove(groups[part], of: window) }
        let index = alone[part - groups.count]
        return [(index, try prove(window[index], index))]
      }
    }
    var listings = [RollListing?](repeating: nil, count: window.count)
    for result in results {
      for (index, listing) in try result.get() { listings[index] = listing }
    }
    return listings.compactMap { $0 }
  }

  /// Accounts of one band that go together, by their places in the window.
  private struct GroupPlan {
    let size: GroupSize
    let band: Int
    let members: ArraySlice<Int>
  }

  /// Which accounts of a window go together, and which stand alone, by their places.
  private func parts(
    of window: [RollSecret], _ size: GroupSize?, _ workers: Int?
  ) throws(RollWindowError) -> (groups: [GroupPlan], alone: [Int]) {
    guard let size else { return ([], Array(window.indices)) }
    let bands = Parallel.map(count: window.count, workers: workers) { index in
      Result { () throws(RollWindowError) -> Int? in
        guard !window[index].isOpened else { return nil }
        return band(of: try opening(window[index], index))
      }
    }
    var (members, alone) = ([[Int]](repeating: [], count: documents.bands.count), [Int]())
    for (index, result) in bands.enumerated() {
      if let band = try result.get() { members[band].append(index) } else { alone.append(index) }
    }
    var groups: [GroupPlan] = []
    for (band, members) in members.enumerated() {
      let (sizes, single) = size.groups(of: members.count)
      var rest = members[...]
      for size in sizes {
        groups.append(GroupPlan(size: size, band: band, members: rest.prefix(size.rawValue)))
        rest = rest.dropFirst(size.rawValue)
      }
      if single { alone += rest }
    }
    return (groups, alone)
  }

  private func prove(
    _ plan: GroupPlan, of window: [RollSecret]
  ) throws(RollWindowError) -> [(index: Int, listing: RollListing)] {
    let members = plan.members
    var place = members.first ?? 0
    var group: RollGroup
    do throws(RollListingError) { group = try self.group(of: plan.size, inBand: plan.band) } catch {
      throw RollWindowError(index: place, reason: .listing(error))
    }
    for index in members {
      place = index
      let opening = try opening(window[index], index)
      do throws(RollListingError) { try group.add(opening, salt: window[index].salt) } catch {
        throw RollWindowError(index: place, reason: .listing(error))
      }
    }
    do throws(RollListingError) {
      let (accounts, evidence) = try group.prove()
      return zip(members, accounts).map { ($0, RollListing(account: $1, evidence: evidence)) }
    } catch {
      throw RollWindowError(index: members.first ?? 0, reason: .listing(error))
    }
  }

  private func prove(_ secret: RollSecret, _ index: Int) throws(RollWindowError) -> RollListing {
    let opening = try opening(secret, index)
    do throws(RollListingError) {
      return secret.isOpened
        ? try openedListing(of: opening, salt: secret.salt) : try listing(of: opening, salt: secret.salt)
    } catch {
      throw RollWindowError(index: index, reason: .listing(error))
    }
  }

  private func opening(_ secret: RollSecret, _ index: Int) throws(RollWindowError) -> AccountOpening {
    do throws(OpeningFileError) {
      return try OpeningFile.open(plain: secret.opening)
    } catch {
      throw RollWindowError(index: index, reason: .file(error))
    }
  }
}
