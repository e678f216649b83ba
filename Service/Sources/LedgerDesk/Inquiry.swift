import Admission
import Foundation
import PostgresStore

/// Compares a log with what desks have said of it.
struct Inquiry {
  private let store: PostgresStore
  private let venue: VerificationKey
  private let lines: [[Substring]]

  init(_ configuration: PostgresConfiguration, signer: LogSigner, said: [String]) throws {
    store = try PostgresStore(configuration)
    venue = signer.verificationKey
    // A line that a kill cut off was not said.
    lines = said.flatMap { text in
      text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map {
        $0.split(separator: " ")
      }
    }
  }

  /// Prints what was found, and ends with 1 if anything is wrong.
  func report() throws {
    // The chain, the signature of its head, and that each event can have happened: a fill that is there twice
    // cannot.
    let ledger = try Ledger(reading: store, of: venue, from: .beginning)
    var digests: [UInt64: String] = [:]
    var places: [String: [UInt64]] = [:]
    var next: UInt64 = 0
    while true {
      let items = try store.items(from: next, limit: 1_024)
      guard !items.isEmpty else { break }
      for item in items {
        digests[item.entry.index + 1] = item.entry.digest.description
        let id = String(decoding: item.evidence.prefix { $0 != 0 }, as: UTF8.self)
        if !id.isEmpty { places[id, default: []].append(item.entry.index) }
      }
      next += UInt64(items.count)
    }
    var faults: [String] = []
    var (acknowledged, failed, undecided, there) = (0, 0, 0, 0)
    var heads: [UInt64: Substring] = [:]
    for words in lines where words.count >= 3 {
      let id = String(words[2])
      switch words[1] {
      case "ack":
        guard words.count == 5, let count = UInt64(words[3]) else { continue }
        acknowledged += 1
        if digests[count] != String(words[4]) {
          faults.append("acknowledged and not there: \(id) as entry \(count - 1)")
        }
        if let other = heads.updateValue(words[4], forKey: count), other != words[4] {
          faults.append("two desks were acknowledged as entry \(count - 1)")
        }
        if places[id] == nil { faults.append("acknowledged, and its document is not there: \(id)") }
      case "failed":
        failed += 1
        if places[id] != nil { faults.append("said to have failed, and there: \(id)") }
      case "undecided":
        undecided += 1
        if places[id] != nil { there += 1 }
      default: break
      }
    }
    // The three events that found the ledger are of one commit.
    for (id, indexes) in places where indexes.count > 1 && indexes.max() != 2 {
      faults.append("there twice: \(id) as entries \(indexes)")
    }
    for fault in faults { print("FAULT \(fault)") }
    print(
      """
      entries \(ledger.head.count), acknowledged \(acknowledged), failed \(failed), undecided \(undecided) \
      (\(there) there), faults \(faults.count)
      """)
    if !faults.isEmpty || acknowledged == 0 { exit(1) }
  }
}
