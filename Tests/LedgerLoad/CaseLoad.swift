import Admission
import CanonicalBytes
import Foundation
import Solvency

/// Liquidations of a schedule, taken up where the log ends and carried on to their end: rules, money, cases,
/// auctions, a call of winners, bands and settlements. Each action has a moment of its own, and one that the
/// log's clock has reached was done, so that the log after any kills is that of a run without.
///
/// A line of the schedule is a moment, a verb and files of the folder:
///
///     1770040060 rules rules.json
///     1770040061 fund fund-0.json
///     1770040063 liquidate silent-a opening=a.json bid=bid-1.json ; silent-b opening=b.json
///     1770041900 band answer.json
struct CaseLoad {
  let ledger: Ledger
  let desk: Admission
  let folder: URL

  init(ledger: Ledger, folder: String) throws {
    self.ledger = ledger
    self.folder = URL(filePath: folder)
    guard let charter = try ledger.charter() else { throw LedgerFailure.notChartered }
    desk = try Admission(charter, ledger: ledger)
  }

  func work() throws {
    let schedule = try String(contentsOf: folder.appending(path: "schedule"), encoding: .utf8)
    for line in schedule.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      let time = Timestamp(seconds: UInt64(words[0]) ?? 0)
      guard try ledger.withState({ $0.clock }) < time else { continue }
      switch words[1] {
      case "rules": acknowledge(try desk.adopt(LiquidationRules(decoding: bytes(words[2])), at: time))
      case "fund": acknowledge(try desk.move(Signed<FundMovement>(decoding: bytes(words[2])), at: time))
      case "band": acknowledge(try desk.answer(DeleveragingAnswer(decoding: bytes(words[2])), at: time))
      default:
        _ = try desk.liquidate(words.dropFirst(2).split(separator: ";").map { try request($0) }, at: time)
        say("ack \(ledger.head.count) \(ledger.head.digest)")
      }
    }
    say("done \(ledger.head.count)")
  }

  private func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appending(path: name)))
  }

  private func request(_ words: some Collection<String>) throws -> LiquidationRequest {
    var request = LiquidationRequest(try AccountID(words.first ?? ""))
    for word in words.dropFirst() {
      let parts = word.split(separator: "=").map(String.init)
      switch parts[0] {
      case "opening": request.opening = try OpenedAccount(decoding: bytes(parts[1]))
      case "winner": request.winners.append(try OpenedAccount(decoding: bytes(parts[1])))
      default: request.bids.append(try Signed<LiquidationBid>(decoding: bytes(parts[1])))
      }
    }
    return request
  }
}

/// A store whose process is killed at a moment that is counted: before each batch is taken up, when it is
/// about to be written, once it is durable and nobody has been told, and when the place is given up.
final class KillingStore: LedgerStore, @unchecked Sendable {
  private let store: any LedgerStore
  private let lock = NSLock()
  private var left: Int

  /// - Parameter moment: the moment of death, from 1; 0 for none.
  init(_ store: any LedgerStore, killedAt moment: Int) {
    self.store = store
    left = moment
  }

  private func pass() {
    lock.withLock {
      guard left > 0 else { return }
      left -= 1
      if left == 0 { kill(getpid(), SIGKILL) }
    }
  }

  func head() throws(StoreError) -> SignedLogHead? { try store.head() }
  func checkpoint() throws(StoreError) -> StoredCheckpoint? { try store.checkpoint() }
  func count() throws(StoreError) -> UInt64 { try store.count() }

  func acquire() throws(StoreError) -> UInt64 {
    pass()
    return try store.acquire()
  }

  func release() {
    pass()
    store.release()
  }

  func append(_ batch: LogBatch) throws(StoreError) {
    pass()
    try store.append(batch)
    pass()
  }

  func replaceTail(with batch: LogBatch) throws(StoreError) { try store.replaceTail(with: batch) }

  func items(from index: UInt64, limit: Int) throws(StoreError) -> [LogBatch.Item] {
    try store.items(from: index, limit: limit)
  }

  func fold() throws(StoreError) { try store.fold() }
}
