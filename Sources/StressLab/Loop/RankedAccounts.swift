/// Which accounts a step has changed, so that what was ranked before knows of it.
struct AccountChanges {
  private(set) var versions: [UInt32]
  private(set) var order: [Int] = []

  init(count: Int) { versions = [UInt32](repeating: 0, count: count) }

  /// Rankings of the step before are of no use.
  mutating func beginStep() { order.removeAll(keepingCapacity: true) }

  mutating func note(_ account: Int) {
    versions[account] &+= 1
    order.append(account)
  }
}

/// Accounts by a key, the greatest first, among equals the earlier account; those without a key are left out.
///
/// Made once in a step, in which prices stand still. An account that changes is ranked anew when the order is
/// next asked for, so that it is the same as if everybody were ranked each time: what a case costs does not
/// grow with the number of accounts.
struct RankedAccounts {
  private struct Entry {
    let key: Int64
    let account: Int32
    let version: UInt32

    static func precedes(_ a: Entry, _ b: Entry) -> Bool {
      a.key != b.key ? a.key > b.key : a.account < b.account
    }
  }

  private var entries: [Entry] = []
  /// The first entry that is not known to be of an account as it was before.
  private var head = 0
  private var seen: Int

  init(count: Int, _ changes: AccountChanges, key: (Int) -> Int64?) {
    seen = changes.order.count
    for account in 0..<count {
      guard let key = key(account) else { continue }
      entries.append(Entry(key: key, account: Int32(account), version: changes.versions[account]))
    }
    entries.sort(by: Entry.precedes)
  }

  /// Ranks anew whom the step has changed since.
  mutating func refresh(_ changes: AccountChanges, key: (Int) -> Int64?) {
    var done: Set<Int> = []
    for account in changes.order[seen...] where done.insert(account).inserted {
      guard let key = key(account) else { continue }
      let entry = Entry(key: key, account: Int32(account), version: changes.versions[account])
      var (low, high) = (head, entries.count)
      while low < high {
        let middle = (low + high) / 2
        if Entry.precedes(entries[middle], entry) { low = middle + 1 } else { high = middle }
      }
      entries.insert(entry, at: low)
    }
    seen = changes.order.count
    while head < entries.count, changes.versions[Int(entries[head].account)] != entries[head].version {
      head += 1
    }
  }

  /// Goes through accounts in order as long as the body says so.
  func forEach(_ changes: AccountChanges, _ body: (_ account: Int, _ key: Int64) -> Bool) {
    for entry in entries[head...] where changes.versions[Int(entry.account)] == entry.version {
      guard body(Int(entry.account), entry.key) else { return }
    }
  }
}
