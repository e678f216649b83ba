import Admission
import CanonicalBytes
import MarginRules
import Solvency
import Testing
import TransparencyLog

@Suite("Decision log")
struct LogTests {
  /// A ledger with a few events, and its items.
  private struct Day {
    let signer: LogSigner
    let items: [LogBatch.Item]
    let head: SignedLogHead

    init() throws {
      signer = try Sample.signer()
      let store = MemoryStore()
      let ledger = try Ledger(store: store, signer: signer)
      try ledger.record(Sample.charter(), at: Sample.time(0))
      try ledger.record(Sample.registry, evidence: [1, 2, 3], at: Sample.time(0))
      try ledger.record(.epochPublished(Sample.epoch(1)), at: Sample.time(0))
      for index in 0..<2 {
        try ledger.record(.accountOpened(Sample.opening(index)), at: Sample.time(1))
      }
      let proof = try Sample.proof(0, sequence: 0, epoch: 1, at: 2, nonce: "a")
      try ledger.record(.proofAccepted(proof), evidence: [9, 9], at: Sample.time(2))
      try ledger.record(.filled(Sample.fill(0, sequence: 0)), at: Sample.time(3))
      items = store.items(from: 0, limit: .max)
      head = try #require(store.head())
    }

    func file(_ items: [LogBatch.Item]? = nil) -> [UInt8] {
      LogFile.header(head)
        + (items ?? self.items).flatMap { LogFile.bytes(of: $0) }
    }
  }

  /// Reads a file to its end.
  private func read(_ file: [UInt8]) throws -> [LogBatch.Item] {
    final class Position: @unchecked Sendable { var value = 0 }
    let position = Position()
    var reader = try LogFileReader<Never> { count in
      let bytes = Array(file[position.value..<min(file.count, position.value + min(count, 1_000))])
      position.value += bytes.count
      return bytes
    }
    var items: [LogBatch.Item] = []
    while let item = try reader.next() { items.append(item) }
    return items
  }

  private func fault(_ file: [UInt8]) -> LogFault? {
    do {
      _ = try read(file)
      return nil
    } catch LogReadError<Never>.fault(let fault) {
      return fault
    } catch {
      return nil
    }
  }

  /// One event of every kind, with every optional part there and not.
  private static func events() throws -> [LedgerEvent] {
    var answered = try Sample.proof(
      1, sequence: 3, epoch: -1, at: 5, kind: .maintenance, nonce: "n",
      headroom: Sample.headroom(7, .sell))
    answered.challenge = try Sample.nonce("c")
    // Of the form before ledgers had charters.
    var old = try Sample.proof(1, sequence: 3, epoch: 4, at: 5, nonce: "old")
    old.basis = nil
    let lines = [
      StatusRoll.Line(account: try Sample.account(1), status: .stale),
      StatusRoll.Line(account: try Sample.account(2), status: .liquidatable),
    ]
    return [
      try Sample.charter(), .proofAccepted(old), Sample.registry, .epochPublished(Sample.epoch(5)),
      .accountOpened(try Sample.opening(1)),
      .attestationRenewed(
        RenewalRecord(
          account: try Sample.account(1), sequence: 2,
          parts: [try Sample.point("a"), try Sample.point("b")], attestedUntil: Sample.time(9),
          evidence: .zero)),
      .filled(
        try Sample.fill(1, sequence: 1, deltas: [CoordinateChange(coordinate: 4, amount: -5)])),
      .challengeIssued(
        ChallengeRecord(
          account: try Sample.account(1), nonce: try Sample.nonce("c"), expires: Sample.time(3))),
      .proofAccepted(try Sample.proof(1, sequence: 3, epoch: 4, at: 5, nonce: "n")),
      .proofAccepted(answered),
      .refused(
        RefusalRecord(
          account: try Sample.account(1), reasons: RefusalReason.allCases, evidence: .zero)),
      .ticked, .rolled(StatusRoll(accountCount: 9, lines: lines)),
      .checkpointed(CheckpointRecord(state: Sample.digest("state"))),
      .checkpointed(CheckpointRecord(state: Sample.digest("state"), tree: .empty)),
      .charged(try Sample.charge(1, sequence: 2, -5)),
      .escrowed(
        EscrowRecord(
          account: try Sample.account(1), sequence: 4, package: Sample.digest("package"),
          evidence: Sample.digest("seal"))),
      .withdrawn(
        WithdrawalRecord(
          head: LogHead(count: 9, digest: Sample.digest("head")), cause: .undone,
          evidence: Sample.digest("entries"))),
      .withdrawn(
        WithdrawalRecord(
          head: LogHead(count: 9, digest: Sample.digest("head")), cause: .lost, evidence: .zero)),
    ]
  }

  @Test("an event of every kind reads back as it was written, and nothing shorter or longer does")
  func encoding() throws {
    for event in try Self.events() {
      let bytes = event.encoded()
      #expect(try LedgerEvent(decoding: bytes) == event)
      for count in 0..<bytes.count {
        #expect(throws: LogFormatError.malformedEvent) {
          try LedgerEvent(decoding: Array(bytes.prefix(count)))
        }
      }
      #expect(throws: LogFormatError.malformedEvent) { try LedgerEvent(decoding: bytes + [0]) }
    }
  }

  @Test("damaged events never trap, and what still reads is written as it was read")
  func damage() throws {
    for event in try Self.events() {
      let bytes = event.encoded()
      for index in bytes.indices {
        for mask in [1, 0x80, 0xFF] as [UInt8] {
          var damaged = bytes
          damaged[index] ^= mask
          guard let other = try? LedgerEvent(decoding: damaged) else { continue }
          #expect(other.encoded() == damaged)
          #expect(other != event)
        }
      }
    }
  }

  @Test("a whole log reads back with its evidence")
  func roundTrip() throws {
    let day = try Day()
    #expect(try read(day.file()) == day.items)
    #expect(day.items[1].evidence == [1, 2, 3])
  }

  @Test("a truncated log is found and the missing place named", arguments: [1, 5, 40, 200, 600])
  func truncated(_ missing: Int) throws {
    let day = try Day()
    let fault = fault(Array(day.file().dropLast(missing)))
    guard case .truncated(let expected, let actual) = fault else {
      Issue.record("\(String(describing: fault))")
      return
    }
    #expect(expected == 7)
    #expect(actual < 7)
  }

  @Test("every missing, doubled or swapped entry is found and named")
  func order() throws {
    let day = try Day()
    for index in day.items.indices {
      var fewer = day.items
      fewer.remove(at: index)
      let expected: LogFault =
        index == 6
        ? .truncated(expected: 7, actual: 6)
        : .missing(expected: UInt64(index), found: UInt64(index + 1))
      #expect(fault(day.file(fewer)) == expected)
      var doubled = day.items
      doubled.insert(day.items[index], at: index)
      if index < 6 {
        #expect(
          fault(day.file(doubled))
            == .reordered(expected: UInt64(index + 1), found: UInt64(index)))
      } else {
        #expect(fault(day.file(doubled)) == .unsigned(from: 7))
      }
    }
    var swapped = day.items
    swapped.swapAt(1, 2)
    #expect(fault(day.file(swapped)) == .missing(expected: 1, found: 2))
  }

  @Test("an altered entry is found and named, however the venue repairs the chain after it")
  func altered() throws {
    let day = try Day()
    for index in day.items.indices {
      let original = day.items[index].entry
      // One altered entry; the next one still names the original.
      let before =
        index == 0
        ? LogHead.empty : LogHead(day.items[index - 1].entry)
      let entry = LogEntry(after: before, time: original.time.advanced(by: 1), event: original.event)
      var items = day.items
      items[index] = LogBatch.Item(entry: entry, evidence: [])
      #expect(fault(day.file(items)) == .altered(index: UInt64(index)))
      // The rest of the chain written anew: then the signed head is of another log.
      var head = LogHead(entry)
      for later in items.indices.dropFirst(index + 1) {
        let next = LogEntry(after: head, time: items[later].entry.time, event: items[later].entry.event)
        items[later] = LogBatch.Item(entry: next, evidence: [])
        head = LogHead(next)
      }
      #expect(fault(day.file(items)) == .altered(index: 6))
    }
  }

  @Test("entries after the signed head, a wrong signature and other files are refused")
  func heads() throws {
    let day = try Day()
    #expect(fault(day.file() + [0]) == .unsigned(from: 7))
    var file = day.file()
    file[60] ^= 1
    #expect(fault(file) == .badSignature)
    #expect(fault([]) == .notALog)
    #expect(fault(Array("hello".utf8)) == .notALog)
    let stranger = try Sample.signer()
    let claimed = Signed(
      day.head.unverified, signer: stranger.verificationKey, signature: day.head.signature)
    #expect(fault(LogFile.header(claimed)) == .badSignature)
  }

  @Test("a log file with any byte changed is refused")
  func everyByte() throws {
    let day = try Day()
    let file = day.file()
    // Evidence is checked against its entry by the audit.
    let evidence: Set<[UInt8]> = [[1, 2, 3], [9, 9]]
    for index in stride(from: 0, to: file.count, by: 3) {
      var damaged = file
      damaged[index] ^= 0x10
      guard let items = try? read(damaged) else { continue }
      #expect(items.map(\.entry) == day.items.map(\.entry))
      #expect(items.contains { !$0.evidence.isEmpty && !evidence.contains($0.evidence) })
    }
  }

  @Test("a ledger does not open on a log that is not its venue's, or is cut off")
  func opening() throws {
    let day = try Day()
    let stranger = try Sample.signer()
    let store = MemoryStore()
    try store.append(LogBatch(items: day.items, head: day.head))
    #expect(throws: LedgerFailure.replay(.log(.badSignature))) {
      try Ledger(store: store, signer: stranger)
    }
    let short = MemoryStore()
    try short.append(LogBatch(items: Array(day.items.dropLast()), head: day.head))
    #expect(throws: LedgerFailure.replay(.log(.truncated(expected: 7, actual: 6)))) {
      try Ledger(store: short, signer: day.signer)
    }
    #expect(throws: StoreError.wrongIndex(expected: 6)) {
      try short.append(LogBatch(items: day.items, head: day.head))
    }
  }
}
