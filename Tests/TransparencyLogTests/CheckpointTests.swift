import TestSupport
import Testing
import TransparencyLog

@Suite("Checkpoints")
struct CheckpointTests {
  private static let root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

  @Test("the checkpoint and the empty one of another implementation are read, verified and written again")
  func known() throws {
    for known in [try Known.notes().checkpoint, try Known.notes().empty] {
      let signed = try SignedCheckpoint(decoding: Array(known.note.utf8))
      let keys = try known.keys.map { text in try NoteKey(decoding: text) }
      let checkpoint = try signed.checkpoint(signedBy: keys)
      #expect(checkpoint.origin == ExactText(known.origin))
      #expect(try checkpoint.head == TreeHead(size: known.size, root: known.root.hash))
      #expect(checkpoint.text == signed.note.text && signed.encoded() == Array(known.note.utf8))
      #expect(try signed.cosignatures(by: keys).map(\.time) == known.times ?? [])
    }
  }

  @Test(
    "what is not a checkpoint is refused",
    arguments: [
      ("", CheckpointError.tooFewLines), ("\n", .tooFewLines), ("log\n5\n", .tooFewLines),
      ("log\n5\n\(root)", .tooFewLines),
      ("\n5\n\(root)\n", .malformedOrigin),
      ("log\n\n\(root)\n", .malformedSize), ("log\n05\n\(root)\n", .malformedSize),
      ("log\n+5\n\(root)\n", .malformedSize), ("log\n-5\n\(root)\n", .malformedSize),
      ("log\n5 \n\(root)\n", .malformedSize), ("log\n0x5\n\(root)\n", .malformedSize),
      ("log\n00\n\(root)\n", .malformedSize), ("log\n٥\n\(root)\n", .malformedSize),
      ("log\n9223372036854775808\n\(root)\n", .malformedSize),
      ("log\n18446744073709551616\n\(root)\n", .malformedSize),
      ("log\n\(String(repeating: "9", count: 1000))\n\(root)\n", .malformedSize),
      ("log\n5\n\n", .malformedRoot), ("log\n5\n\(root)=\n", .malformedRoot),
      ("log\n5\n\(root.dropLast())\n", .malformedRoot), ("log\n5\n47DEQpj8HBQ=\n", .malformedRoot),
      ("log\n5\n\(root.dropLast(2))V=\n", .malformedRoot), ("log\n5\n \(root)\n", .malformedRoot),
      ("log\n5\n\(root)\n\n", .malformedExtension), ("log\n5\n\(root)\nmore\n\nmore\n", .malformedExtension),
    ])
  func malformed(_ text: String, _ error: CheckpointError) {
    #expect(throws: error) { try Checkpoint(decoding: Array(text.utf8)) }
  }

  @Test("the largest size is read, and extension lines are kept and signed")
  func readable() throws {
    let text = Array("log with spaces\n9223372036854775807\n\(Self.root)\nmore\n— less\n".utf8)
    let checkpoint = try Checkpoint(decoding: text)
    #expect(checkpoint.head.size == TreeHead.sizeLimit && checkpoint.text == text)
    #expect(checkpoint.extensions == ["more", "— less"])
  }

  @Test("the wrong origin, the wrong key, a witness's key and no key are refused by name")
  func trust() throws {
    let signed = try Sample.checkpoint(3, of: Sample.tree(3))
    let (right, wrong) = (
      try Sample.signer().key, try Sample.signer(seed: [UInt8](repeating: 9, count: 32)).key
    )
    #expect(try signed.checkpoint(signedBy: [wrong, right]).head.size == 3)
    #expect(throws: CheckpointTrustError.notSigned(origin: Sample.origin)) {
      try signed.checkpoint(signedBy: [wrong])
    }
    for keys in [[], [try Sample.signer("log.example/other").key], [try Sample.cosigner().key]] {
      #expect(throws: CheckpointTrustError.unknownOrigin(Sample.origin)) {
        try signed.checkpoint(signedBy: keys)
      }
    }
    // A note of another log's key over this log's text: what a confused or bribed log would sign.
    let other = try Sample.signer("log.example/other")
    let text = signed.note.text
    let foreign = try SignedCheckpoint(decoding: SignedNote(text, signedBy: other).encoded())
    #expect(throws: CheckpointTrustError.notSigned(origin: Sample.origin)) {
      try foreign.checkpoint(signedBy: [right, other.key])
    }
    #expect(throws: CheckpointError.malformedOrigin) {
      try SignedCheckpoint(Checkpoint(origin: Sample.origin, head: .empty), by: other)
    }
  }

  @Test("a log's key does not count as a witness, nor a witness's as a log, though the point is the same")
  func roles() throws {
    let signer = try Sample.signer()
    let name = Sample.origin
    let signed = try Sample.checkpoint(3, of: Sample.tree(3))
    let asWitness = try NoteKey(name: name, algorithm: .cosignature, publicKey: signer.key.publicKey)
    #expect(asWitness.id != signer.key.id)
    #expect(try signed.cosignatures(by: [asWitness, signer.key]).isEmpty)
    let witness = Witness(try Sample.cosigner(named: name, seed: Sample.logSeed), logs: [signer.key])
    var tree = Sample.tree(3)
    let cosigned = try witness.cosign(
      WitnessRequest(from: 0, to: signed, of: &tree), at: 5, in: MemoryWitnessStore())
    let alone = try SignedCheckpoint(
      decoding: signed.note.text + [0x0A] + NoteSignature.encoded([cosigned.cosignature]))
    #expect(throws: CheckpointTrustError.notSigned(origin: name)) {
      try alone.checkpoint(signedBy: [signer.key])
    }
  }
}

@Suite("Trust policies")
struct TrustPolicyTests {
  private let keys: [String]
  private let signed: SignedCheckpoint

  init() throws {
    let known = try Known.notes().checkpoint
    keys = known.keys
    signed = try SignedCheckpoint(decoding: Array(known.note.utf8))
  }

  /// A policy of which L is the log's key and A, B, C are the witnesses'.
  private func policy(_ text: String) throws -> TrustPolicy {
    var text = text
    for (letter, key) in zip(["<L>", "<A>", "<B>", "<C>"], keys) {
      text = text.split(separator: letter, omittingEmptySubsequences: false).joined(separator: key)
    }
    return try TrustPolicy(decoding: Array(text.utf8))
  }

  private static let three = "log <L>\nwitness a <A>\nwitness b <B> https://b.example/\nwitness c <C>\n"

  @Test(
    "a quorum is met by the witnesses it names and no others",
    arguments: [
      ("quorum none\n", "abc"), ("quorum none\n", ""), ("quorum a\n", "a"),
      ("group g any a b c\nquorum g\n", "c"), ("group g 2 a b c\nquorum g\n", "ac"),
      ("group g all a b c\nquorum g\n", "abc"),
      ("group x 1 a b\n\t# two levels\n \ngroup y  all x\tc \nquorum y\n", "bc"),
    ])
  func met(_ rule: String, _ cosigners: String) throws {
    let policy = try policy(Self.three + rule)
    let witnessed = try policy.verify(signed(by: cosigners))
    #expect(witnessed.cosigned.map(\.witness.description) == cosigners.map { "\($0)" })
    #expect(witnessed.checkpoint.head.size == 8)
  }

  @Test(
    "too few cosignatures are not a quorum",
    arguments: [
      ("quorum a\n", "bc"), ("quorum a\n", ""), ("group g 2 a b c\nquorum g\n", "b"),
      ("group g all a b c\nquorum g\n", "ab"), ("group x 1 a b\ngroup y all x c\nquorum y\n", "ab"),
    ])
  func unmet(_ rule: String, _ cosigners: String) throws {
    let policy = try policy(Self.three + rule)
    #expect(throws: CheckpointTrustError.noQuorum(cosigned: cosigners.map { ExactText("\($0)") })) {
      try policy.verify(signed(by: cosigners))
    }
  }

  @Test(
    "what is not a policy is refused by its line",
    arguments: [
      ("", TrustPolicyError.quorumCount(0)), ("quorum none\nquorum none\n", .quorumCount(2)),
      ("quorum none\r\n", .notAPolicy), ("quorum \u{7F}\n", .notAPolicy),
      ("quorum a\n", .undefinedName("a")), ("quorum\n", .malformedLine(1)),
      ("\nquorum a b\n", .malformedLine(2)),
      ("Log <L>\nquorum none\n", .malformedLine(1)), ("log\nquorum none\n", .malformedLine(1)),
      ("# c\nlog x\nquorum none\n", .key(line: 2, .malformed)),
      ("witness none <A>\n", .duplicateName("none")),
      ("witness a <A>\nwitness a <B>\n", .duplicateName("a")),
      ("witness a <A>\ngroup a any a\n", .duplicateName("a")),
      ("group g any a\n", .undefinedName("a")), ("group g any g\n", .undefinedName("g")),
      ("group g any none\n", .undefinedName("none")), ("witness a <A>\ngroup g any\n", .malformedLine(2)),
      ("witness a <A>\ngroup g 0 a\n", .threshold(0, of: 1)),
      ("witness a <A>\ngroup g 2 a\n", .threshold(2, of: 1)),
      ("witness a <A>\ngroup g 9223372036854775807 a\n", .threshold(.max, of: 1)),
      ("witness a <A>\ngroup g 01 a\n", .malformedLine(2)),
      ("witness a <A>\ngroup g -1 a\n", .malformedLine(2)),
      ("witness a <A>\ngroup g any a a\n", .memberTwice("a")),
      ("witness a <A>\ngroup g any a\ngroup h any a\n", .memberTwice("a")),
    ])
  func malformed(_ text: String, _ error: TrustPolicyError) throws {
    #expect(throws: error) { try policy(text) }
  }

  @Test("one key under two names, and a key of the wrong type, are refused")
  func keyTypes() throws {
    let (log, witness) = (try NoteKey(decoding: keys[0]), try NoteKey(decoding: keys[1]))
    #expect(throws: TrustPolicyError.wrongKeyType(witness)) { try policy("log <A>\nquorum none\n") }
    #expect(throws: TrustPolicyError.wrongKeyType(log)) { try policy("witness a <L>\nquorum a\n") }
    #expect(throws: TrustPolicyError.duplicateKey(log)) { try policy("log <L>\nlog <L>\nquorum none\n") }
    #expect(throws: TrustPolicyError.duplicateKey(witness)) {
      try policy("witness a <A>\nwitness b <A>\nquorum a\n")
    }
    let twin = try NoteKey(
      name: "witness.example/twin", algorithm: .cosignature, publicKey: witness.publicKey)
    #expect(throws: TrustPolicyError.duplicateKey(twin)) {
      try TrustPolicy(logs: [log], witnesses: [witness, twin], threshold: 2)
    }
    for threshold in [-1, 2] {
      #expect(throws: TrustPolicyError.threshold(threshold, of: 1)) {
        try TrustPolicy(logs: [log], witnesses: [witness], threshold: threshold)
      }
    }
  }

  @Test("a policy of many lines and a deep one are read in bounded work")
  func large() throws {
    var text = "witness g0 <A>\n"
    for level in 1...1500 { text += "group g\(level) all g\(level - 1)\n" }
    let deep = try policy("log <L>\n" + text + "quorum g1500\n")
    #expect(try deep.verify(signed).cosigned.map(\.witness) == ["g0"])
    #expect(throws: TrustPolicyError.notAPolicy) {
      try TrustPolicy(decoding: [UInt8](repeating: 0x20, count: 1 << 20))
    }
  }

  @Test("one witness cosigning often is one witness")
  func repeated() throws {
    let witness = Witness(try Sample.cosigner(), logs: [try NoteKey(decoding: keys[0])])
    let store = MemoryWitnessStore()
    let bare = try signed(by: "")
    var (replaced, lines) = (bare, [NoteSignature]())
    var tree = MemoryTree(try Known.tree().entries.map(Hex.decode))
    for time in [1, 2, 3] as [UInt64] {
      let request = WitnessRequest(from: time == 1 ? 0 : 8, to: bare, of: &tree)
      lines.append(try witness.cosign(request, at: time, in: store).cosignature)
      try replaced.add(lines.suffix(1))
    }
    let cosigned = try SignedCheckpoint(decoding: bare.encoded() + NoteSignature.encoded(lines))
    #expect(cosigned.note.signatures.count == 4 && replaced.note.signatures.count == 2)
    #expect(try replaced.cosignatures(by: [witness.key]).map(\.time) == [3])
    let policy = try policy(Self.three + "group g 2 a b c\nquorum g\n")
    #expect(throws: CheckpointTrustError.noQuorum(cosigned: ["a"])) { try policy.verify(cosigned) }
    #expect(try self.policy(Self.three + "quorum a\n").verify(cosigned).cosigned.map(\.time) == [3])
  }

  /// The checkpoint with the cosignatures of some of the witnesses.
  private func signed(by witnesses: String) throws -> SignedCheckpoint {
    let lines = try Known.notes().checkpoint.note.split(separator: "\n", omittingEmptySubsequences: false)
    let kept = zip("abc", lines[5...7]).filter { witnesses.contains($0.0) }.map { String($0.1) }
    return try SignedCheckpoint(
      decoding: Array((lines[...4].joined(separator: "\n") + "\n" + kept.map { $0 + "\n" }.joined()).utf8))
  }
}
