import Synchronization
import TestSupport
import Testing
import TransparencyLog

@Suite("Witness")
struct WitnessTests {
  private let store = MemoryWitnessStore()

  private func witness(_ number: UInt8 = 0) throws -> Witness {
    Witness(try Sample.cosigner(number), logs: [try Sample.signer().key])
  }

  private func request(_ old: UInt64, _ new: UInt64, of tree: MemoryTree) throws -> WitnessRequest {
    var tree = tree
    return WitnessRequest(from: old, to: try Sample.checkpoint(new, of: tree), of: &tree)
  }

  /// The refusal of a request, as data.
  private func refusal(
    _ witness: borrowing Witness, _ request: WitnessRequest, at time: UInt64 = 10
  ) -> WitnessRefusal? {
    do throws(WitnessError<Never>) {
      _ = try witness.cosign(request, at: time, in: store)
      return nil
    } catch {
      switch error {
      case .refused(let refusal): return refusal
      }
    }
  }

  @Test("a growing log is cosigned from checkpoint to checkpoint, the same one again too")
  func growing() throws {
    let witness = try witness()
    let tree = Sample.tree(300)
    let policy = try TrustPolicy(logs: witness.logs, witnesses: [witness.key], threshold: 1)
    for (number, (old, new)) in [(0, 0), (0, 1), (1, 1), (1, 7), (7, 256), (256, 300), (300, 300)]
      .enumerated()
    {
      let request = try request(UInt64(old), UInt64(new), of: tree)
      let read = try WitnessRequest(decoding: request.encoded())
      #expect(read == request)
      let cosigned = try witness.cosign(read, at: 10 + UInt64(number), in: store)
      let witnessed = try policy.verify(cosigned.checkpoint)
      #expect(witnessed.checkpoint.head.size == UInt64(new))
      #expect(witnessed.cosigned.map(\.time) == [10 + UInt64(number)])
      #expect(store[Sample.origin] == cosigned.checkpoint.encoded(), "the record is what has left")
    }
  }

  @Test("a fork, a shrinking log and a rewritten one are not cosigned, and the record stays")
  func forks() throws {
    let witness = try witness()
    let tree = Sample.tree(300)
    _ = try witness.cosign(request(0, 20, of: tree), at: 10, in: store)
    let record = store[Sample.origin]
    var changed = Sample.entries(300)
    changed[3] = []
    let fork = MemoryTree(changed)
    #expect(try refusal(witness, request(20, 20, of: fork)) == .inconsistent(.otherRoot))
    #expect(try refusal(witness, request(20, 30, of: fork)) == .inconsistent(.otherRoot))
    #expect(try refusal(witness, request(0, 30, of: fork)) == .conflict(lastSize: 20))
    #expect(try refusal(witness, request(10, 15, of: tree)) == .conflict(lastSize: 20))
    #expect(try refusal(witness, request(0, 20, of: tree)) == .conflict(lastSize: 20))
    let shrunk = WitnessRequest(oldSize: 20, path: [], checkpoint: try Sample.checkpoint(15, of: tree))
    #expect(refusal(witness, shrunk) == .oldSizeTooLarge(old: 20, new: 15))
    let unproved = WitnessRequest(oldSize: 20, path: [], checkpoint: try Sample.checkpoint(30, of: tree))
    #expect(refusal(witness, unproved) == .inconsistent(.wrongLength(actual: 0)))
    #expect(store[Sample.origin] == record)
    _ = try witness.cosign(request(20, 30, of: tree), at: 10, in: store)
  }

  @Test("the first checkpoint has no proof, and an empty log the one empty root")
  func first() throws {
    let witness = try witness()
    let tree = Sample.tree(9)
    let padded = WitnessRequest(oldSize: 0, path: [.empty], checkpoint: try Sample.checkpoint(9, of: tree))
    #expect(refusal(witness, padded) == .inconsistent(.wrongLength(actual: 1)))
    let odd = WitnessRequest(
      oldSize: 0, path: [], checkpoint: try Sample.checkpoint(TreeHead(size: 0, root: .leaf([]))))
    #expect(refusal(witness, odd) == .inconsistent(.otherRoot))
    #expect(try refusal(witness, request(5, 9, of: tree)) == .conflict(lastSize: 0))
    #expect(store[Sample.origin] == nil)
  }

  @Test("an unknown log, a wrong key and a wrong signature are not cosigned")
  func untrusted() throws {
    let tree = Sample.tree(9)
    let other = Witness(try Sample.cosigner(), logs: [try Sample.signer("log.example/other").key])
    #expect(try refusal(other, request(0, 9, of: tree)) == .untrusted(.unknownOrigin(Sample.origin)))
    let none = Witness(try Sample.cosigner(), logs: [])
    #expect(try refusal(none, request(0, 9, of: tree)) == .untrusted(.unknownOrigin(Sample.origin)))
    let rekeyed = Witness(
      try Sample.cosigner(), logs: [try Sample.signer(seed: [UInt8](repeating: 9, count: 32)).key])
    #expect(try refusal(rekeyed, request(0, 9, of: tree)) == .untrusted(.notSigned(origin: Sample.origin)))
    #expect(store[Sample.origin] == nil)
  }

  @Test("lines that the witness did not verify are not in its record")
  func foreignLines() throws {
    let one = try witness(0)
    let two = try witness(1)
    let tree = Sample.tree(9)
    let first = try one.cosign(request(0, 9, of: tree), at: 10, in: MemoryWitnessStore()).checkpoint
    let request = WitnessRequest(oldSize: 0, path: [], checkpoint: first)
    let cosigned = try two.cosign(request, at: 11, in: store)
    #expect(cosigned.checkpoint.note.signatures.map(\.name) == [Sample.origin, two.key.name])
  }

  @Test("a record that this witness did not write is not taken for one, nor for none")
  func tampered() throws {
    let witness = try witness()
    let tree = Sample.tree(300)
    _ = try witness.cosign(request(0, 20, of: tree), at: 10, in: store)
    let record = try #require(store[Sample.origin])
    let others = try self.witness(1).cosign(request(0, 10, of: tree), at: 1, in: MemoryWitnessStore())
    let bad: [[UInt8]] = [
      [], Array(record.dropLast()), try Sample.checkpoint(10, of: tree).encoded(),
      others.checkpoint.encoded(),
    ]
    for bytes in bad {
      store[Sample.origin] = bytes
      #expect(try refusal(witness, request(20, 30, of: tree)) == .record)
      #expect(try refusal(witness, request(0, 30, of: tree)) == .record)
      #expect(store[Sample.origin] == bytes)
    }
  }

  @Test("a clock that has gone back cosigns nothing: it would say that it had seen less before")
  func clock() throws {
    let witness = try witness()
    let tree = Sample.tree(300)
    _ = try witness.cosign(request(0, 20, of: tree), at: 10, in: store)
    #expect(try refusal(witness, request(20, 30, of: tree), at: 9) == .clock(last: 10))
    #expect(try refusal(witness, request(20, 30, of: tree), at: 1 << 63) == .clock(last: 1 << 63 - 1))
    _ = try witness.cosign(request(20, 30, of: tree), at: 10, in: store)
  }

  @Test("nothing leaves if the record cannot be kept")
  func failingStore() throws {
    struct Full: Error {}
    struct FailingStore: WitnessStore {
      let isWritten: Bool
      let inner: MemoryWitnessStore
      func update(_ origin: ExactText, _ change: ([UInt8]?) -> [UInt8]?) throws(Full) {
        if isWritten { inner.update(origin, change) } else { _ = change(inner[origin]) }
        throw Full()
      }
    }
    let witness = try witness()
    let tree = Sample.tree(300)
    for isWritten in [false, true] {
      #expect(throws: WitnessError<Full>.self) {
        try witness.cosign(
          request(0, 20, of: tree), at: 10, in: FailingStore(isWritten: isWritten, inner: store))
      }
    }
    // The second time it was written before the failure: the witness has then cosigned, and nobody has seen
    // it.
    #expect(try refusal(witness, request(0, 25, of: tree)) == .conflict(lastSize: 20))
    _ = try witness.cosign(request(20, 25, of: tree), at: 10, in: store)
  }

  @Test("of two logs that race, one history is cosigned")
  func concurrent() async throws {
    var changed = Sample.entries(64)
    changed[0] = []
    let trees = [Sample.tree(64), MemoryTree(changed)]
    let store = store
    let sizes = try await withThrowingTaskGroup(of: [(Int, UInt64)].self) { group in
      for side in 0..<8 {
        group.addTask {
          let witness = Witness(try Sample.cosigner(), logs: [try Sample.signer().key])
          var done: [(Int, UInt64)] = []
          var (old, tree): (UInt64, MemoryTree) = (0, trees[side % 2])
          for new in 1...64 as ClosedRange<UInt64> where new > old {
            let request = WitnessRequest(from: old, to: try Sample.checkpoint(new, of: tree), of: &tree)
            do throws(WitnessError<Never>) {
              _ = try witness.cosign(request, at: 10, in: store)
              done.append((side % 2, new))
              old = new
            } catch {
              if case .refused(.conflict(let last)) = error { old = last }
            }
          }
          return done
        }
      }
      var all: [(Int, UInt64)] = []
      for try await one in group { all += one }
      return all
    }
    #expect(Set(sizes.map(\.0)).count == 1, "checkpoints of both histories were cosigned")
    #expect(Set(sizes.map(\.1)).count == sizes.count && !sizes.isEmpty)
  }

  @Test(
    "what is not a request is refused by its line",
    arguments: [
      ("", WitnessRequestError.malformedOldSize), ("old 5", .malformedOldSize),
      ("old 05\n\n", .malformedOldSize),
      ("old 9223372036854775808\n\n", .malformedOldSize), ("new 5\n\n", .malformedOldSize),
      ("old 5\n", .malformedPath), ("old 5\nAA==\n\n", .malformedPath),
      ("old 5\n" + String(repeating: "\(MerkleHash.empty)\n", count: 64) + "\n", .malformedPath),
      ("old 5\n\n", .checkpoint(.note(.noSignatures))),
      ("old 5\n\nlog\n5\n\n— a Uw2QOkn8srU=\n", .checkpoint(.tooFewLines)),
    ])
  func malformed(_ text: String, _ error: WitnessRequestError) {
    #expect(throws: error) { try WitnessRequest(decoding: Array(text.utf8)) }
  }
}

@Suite("Split views")
struct ViewComparisonTests {
  private func view(_ name: String, _ size: UInt64, _ tree: MemoryTree, origin: ExactText = Sample.origin)
    throws
    -> LogView
  {
    var tree = tree
    return LogView(name: name, checkpoint: try Checkpoint(origin: origin, head: tree.head(at: size)))
  }

  private var fork: MemoryTree {
    var entries = Sample.entries(40)
    entries[11] = []
    return MemoryTree(entries)
  }

  @Test("views of one history are consistent, in any order, and the longest is named")
  func consistent() throws {
    var tree: MemoryTree? = Sample.tree(40)
    let views = try [3, 40, 0, 17, 40, 3].map { size in try view("v\(size)", size, Sample.tree(40)) }
    #expect(ViewComparison.compare(views, tree: &tree) == .consistent(longest: views[4]))
    var none: MemoryTree?
    #expect(ViewComparison.compare([views[1], views[4]], tree: &none) == .consistent(longest: views[4]))
    #expect(ViewComparison.compare([views[0], views[1]], tree: &none) == .undecided(views[0], views[1]))
    #expect(ViewComparison.compare([views[2], views[1]], tree: &none) == .consistent(longest: views[1]))
  }

  @Test("a split view names both, with the tree of either history")
  func split() throws {
    let (a, b) = (try view("a", 20, Sample.tree(40)), try view("b", 40, fork))
    let c = try view("c", 20, fork)
    var (ours, theirs): (MemoryTree?, MemoryTree?) = (Sample.tree(40), fork)
    #expect(ViewComparison.compare([a, c], tree: &ours) == .split(a, c))
    #expect(ViewComparison.compare([a, b], tree: &theirs) == .split(a, b))
    #expect(
      ViewComparison.compare([b, a], tree: &ours) == .undecided(a, b),
      "a tree that is neither's shows nothing")
    let early = try view("early", 11, Sample.tree(40))
    #expect(
      ViewComparison.compare([early, b], tree: &theirs) == .consistent(longest: b),
      "before the fork they agree")
  }

  @Test("views of two logs are not compared")
  func otherLog() throws {
    let (a, b) = (
      try view("a", 20, Sample.tree(40)), try view("b", 20, Sample.tree(40), origin: "log.example/other")
    )
    var none: MemoryTree?
    #expect(ViewComparison.compare([a, b], tree: &none) == .otherLog(a, b))
  }

  @Test("a consistency proof shows two views of one history, and no proof shows a fork")
  func byProof() throws {
    var (tree, forked) = (Sample.tree(40), fork)
    let (a, b) = (try view("a", 20, tree), try view("b", 40, tree))
    let proof = ConsistencyProof(from: 20, to: 40, of: &tree)
    #expect(ViewComparison.compare(b, a, by: proof) == .consistent(longest: b))
    let other = try view("other", 40, forked)
    #expect(ViewComparison.compare(a, other, by: proof) == .undecided(a, other))
    #expect(
      ViewComparison.compare(a, other, by: ConsistencyProof(from: 20, to: 40, of: &forked))
        == .undecided(a, other))
  }
}
