import TestSupport
import Testing
import TransparencyLog

@Suite("Receipts")
struct LogProofTests {
  private let policy: TrustPolicy
  private let proof: LogProof
  private let bytes: [UInt8]

  init() throws {
    policy = try TrustPolicy(logs: [try Sample.signer().key])
    var tree = Sample.tree(20)
    proof = LogProof(
      of: 13, under: try Sample.checkpoint(20, of: tree), from: &tree, extra: Array("extra".utf8))
    bytes = proof.encoded()
  }

  @Test("a receipt is read as it was written, and proves its entry at its place")
  func complete() throws {
    let read = try LogProof(decoding: bytes)
    #expect(read == proof && read.extra == Array("extra".utf8))
    #expect(try read.verify(leaf: .leaf(Sample.entry(13)), under: policy).checkpoint.head.size == 20)
    var tree = Sample.tree(1)
    let only = LogProof(of: 0, under: try Sample.checkpoint(1, of: tree), from: &tree)
    #expect(only.path.isEmpty)
    let text = String(decoding: only.encoded(), as: UTF8.self)
    #expect(text.hasPrefix("c2sp.org/tlog-proof@v1\nindex 0\n\nlog.example/ledger\n1\n"))
    try LogProof(decoding: only.encoded()).verify(leaf: .leaf(Sample.entry(0)), under: policy)
  }

  @Test("a receipt for another entry, at another place or of another log proves nothing")
  func unsound() throws {
    #expect(throws: LogProofError.notIncluded(.otherRoot)) {
      try proof.verify(leaf: .leaf(Sample.entry(12)), under: policy)
    }
    let moved = LogProof(index: 12, path: proof.path, checkpoint: proof.checkpoint)
    #expect(throws: LogProofError.notIncluded(.otherRoot)) {
      try moved.verify(leaf: .leaf(Sample.entry(13)), under: policy)
    }
    let beyond = LogProof(index: 20, path: proof.path, checkpoint: proof.checkpoint)
    #expect(throws: LogProofError.notIncluded(.outsideTree(size: 20))) {
      try beyond.verify(leaf: .leaf(Sample.entry(13)), under: policy)
    }
    let other = try TrustPolicy(logs: [try Sample.signer("log.example/other").key])
    #expect(throws: LogProofError.untrusted(.unknownOrigin(Sample.origin))) {
      try proof.verify(leaf: .leaf(Sample.entry(13)), under: other)
    }
    let witnessed = try TrustPolicy(logs: policy.logs, witnesses: [Sample.cosigner().key], threshold: 1)
    #expect(throws: LogProofError.untrusted(.noQuorum(cosigned: []))) {
      try proof.verify(leaf: .leaf(Sample.entry(13)), under: witnessed)
    }
    // A head over an inner node: the hash of two leaves is not a leaf of its own.
    var tree = Sample.tree(2)
    let inner = LogProof(of: 0, under: try Sample.checkpoint(1, of: Sample.tree(1)), from: &tree)
    #expect(throws: LogProofError.notIncluded(.otherRoot)) {
      try inner.verify(leaf: tree.head(at: 2).root, under: policy)
    }
  }

  @Test("every cut of a receipt is refused, and every changed byte but those of the extra data")
  func everyByte() throws {
    let leaf = MerkleHash.leaf(Sample.entry(13))
    for count in bytes.indices {
      #expect(throws: LogProofError.self) {
        try LogProof(decoding: Array(bytes[..<count])).verify(leaf: leaf, under: policy)
      }
    }
    let extra = 23 + 6..<23 + 6 + 8
    for place in bytes.indices where !extra.contains(place) {
      for change in [0x01, 0x20, 0x80] as [UInt8] {
        var other = bytes
        other[place] ^= change
        #expect(throws: LogProofError.self) {
          try LogProof(decoding: other).verify(leaf: leaf, under: policy)
        }
      }
    }
    #expect(throws: LogProofError.self) { try LogProof(decoding: bytes + [0x0A]) }
  }

  @Test(
    "what is not a receipt is refused by its line",
    arguments: [
      ("", LogProofError.notAProof), ("c2sp.org/tlog-proof@v2\n", .notAProof),
      ("c2sp.org/tlog-proof@v1", .notAProof), ("c2sp.org/tlog-proof@v1\n", .malformedIndex),
      ("c2sp.org/tlog-proof@v1\nindex 1", .malformedIndex),
      ("c2sp.org/tlog-proof@v1\nindex 01\n", .malformedIndex),
      ("c2sp.org/tlog-proof@v1\nindex -1\n", .malformedIndex),
      ("c2sp.org/tlog-proof@v1\nindex 9223372036854775808\n", .malformedIndex),
      ("c2sp.org/tlog-proof@v1\nextra \nindex 1\n", .malformedExtra),
      ("c2sp.org/tlog-proof@v1\nextra YQ\nindex 1\n", .malformedExtra),
      ("c2sp.org/tlog-proof@v1\nindex 1\nextra YQ==\n", .malformedPath),
      ("c2sp.org/tlog-proof@v1\nextra YQ==\nextra YQ==\nindex 1\n", .malformedIndex),
      ("c2sp.org/tlog-proof@v1\nindex 1\n", .malformedPath),
      ("c2sp.org/tlog-proof@v1\nindex 1\nYQ==\n\n", .malformedPath),
      ("c2sp.org/tlog-proof@v1\nindex 1\n\n", .checkpoint(.note(.noSignatures))),
    ])
  func malformed(_ text: String, _ error: LogProofError) {
    #expect(throws: error) { try LogProof(decoding: Array(text.utf8)) }
  }

  @Test("a proof of 64 hashes and a file of many mebibytes are refused at once")
  func large() throws {
    let hash = MerkleHash.empty.description + "\n"
    let start = "c2sp.org/tlog-proof@v1\nindex 1\n"
    let (most, more) = (
      start + String(repeating: hash, count: 63), start + String(repeating: hash, count: 64)
    )
    let checkpoint = String(decoding: proof.checkpoint.encoded(), as: UTF8.self)
    #expect(try LogProof(decoding: Array((most + "\n" + checkpoint).utf8)).path.count == 63)
    #expect(throws: LogProofError.malformedPath) {
      try LogProof(decoding: Array((more + "\n" + checkpoint).utf8))
    }
    #expect(throws: LogProofError.tooLong(limit: LogProof.fileByteLimit)) {
      try LogProof(decoding: [UInt8](repeating: 0x0A, count: 1 << 23))
    }
  }
}
