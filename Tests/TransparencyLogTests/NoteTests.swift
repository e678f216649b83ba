import TestSupport
import Testing
import TransparencyLog

@Suite("Signed notes")
struct NoteTests {
  // Published vectors

  @Test("the example of the specification is verified by its key")
  func example() throws {
    let known = try Known.notes().example
    let note = try SignedNote(decoding: Array(known.note.utf8))
    let key = try NoteKey(decoding: known.keys[0])
    #expect(key.description == known.keys[0] && key.name == "example.com/foo" && key.id == 0x530d_903a)
    #expect(try note.signatures(by: [key]).map(\.key) == [key])
    #expect(note.text == Array("This is an example message.\n".utf8))
    #expect(note.encoded() == Array(known.note.utf8))
  }

  @Test("the same keys sign and cosign the same bytes as another implementation")
  func signing() throws {
    let known = try Known.notes().checkpoint
    let seed = try Hex.decode(#require(known.logSeed))
    let log = try NoteSigner(name: ExactText(known.origin), seed: seed.span)
    #expect(log.key.description == known.keys[0])
    let head = TreeHead(size: known.size, root: try known.root.hash)
    var signed = try SignedCheckpoint(Checkpoint(origin: ExactText(known.origin), head: head), by: log)
    var tree = MemoryTree(try Known.tree().entries.map(Hex.decode))
    for (number, time) in try #require(known.times).enumerated() {
      let cosigner = try Sample.cosigner(UInt8(number))
      #expect(cosigner.key.description == known.keys[number + 1])
      let witness = Witness(cosigner, logs: [log.key])
      let request = WitnessRequest(from: 0, to: signed, of: &tree)
      try signed.add([witness.cosign(request, at: time, in: MemoryWitnessStore()).cosignature])
    }
    #expect(signed.encoded() == Array(known.note.utf8))
  }

  // Keys

  @Test(
    "what is not a key is refused",
    arguments: [
      ("", NoteKeyError.malformed),
      ("example.com/foo", .malformed),
      ("example.com/foo+530d903a", .malformed),
      ("example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", .malformed),
      ("example.com/foo+30d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", .malformed),
      ("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2", .malformed),
      ("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n", .malformed),
      ("example.com/foo+530d903a+", .malformed),
      (
        "example.com/bar+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        .otherID(stated: 0x530d_903a, actual: 0xc6fb_2e3e)
      ),
      ("+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", .malformedName),
      ("a b+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", .malformedName),
      ("a\u{2003}b+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", .malformedName),
      ("example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", .unsupportedType(2)),
      ("example.com/foo+530d903a+BukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", .unsupportedType(6)),
      ("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3Q==", .notAKey),
      // The identity, under which everybody can sign, and a y that is not reduced.
      ("example.com/foo+530d903a+AQEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", .notAKey),
      ("example.com/foo+530d903a+Ae7///////////////////////////////////////9/", .notAKey),
    ])
  func badKeys(_ text: String, _ error: NoteKeyError) {
    #expect(throws: error) { try NoteKey(decoding: text) }
  }

  @Test("a key of huge size is refused at once")
  func longKey() {
    let text =
      String(repeating: "a", count: 1 << 22) + "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    #expect(throws: NoteKeyError.malformed) { try NoteKey(decoding: text) }
    #expect(throws: NoteKeyError.malformedName) {
      try Sample.signer(ExactText(String(repeating: "a", count: 256))).key
    }
  }

  // Reading

  private static let line =
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="

  @Test(
    "what is not a note is refused",
    arguments: [
      ("", NoteError.noSignatures),
      ("text\n", .noSignatures),
      ("text\n\n", .noSignatures),
      ("\n\n\n", .noSignatures),
      ("text\n\(line)\n", .noSignatures),
      ("text\n\n\(line)", .malformedSignature(line: 1)),
      ("text\n\n\(line)\n\n", .noSignatures),
      ("text\n\n\(line)\ntext\n", .malformedSignature(line: 2)),
      ("text\n\n\(line.dropLast())\n", .malformedSignature(line: 1)),
      ("text\n\n- example.com/foo Uw2QOkn8srU=\n", .malformedSignature(line: 1)),
      ("text\n\n—example.com/foo Uw2QOkn8srU=\n", .malformedSignature(line: 1)),
      ("text\n\n—  Uw2QOkn8srU=\n", .malformedSignature(line: 1)),
      ("text\n\n— example.com/foo\n", .malformedSignature(line: 1)),
      ("text\n\n— example.com/foo \n", .malformedSignature(line: 1)),
      ("text\n\n— example.com/foo  Uw2QOkn8srU=\n", .malformedSignature(line: 1)),
      ("text\n\n— example.com/foo Uw2QOkn8srU= \n", .malformedSignature(line: 1)),
      ("text\n\n— a+b Uw2QOkn8srU=\n", .malformedSignature(line: 1)),
      ("text\n\n— a\u{a0}b Uw2QOkn8srU=\n", .malformedSignature(line: 1)),
      ("text\n\n— a Uw2QOg==\n", .malformedSignature(line: 1)),
      // Bits beside the last byte, padding left out, of another alphabet, and a line break inside.
      ("text\n\n— a Uw2QOkn8srV=\n", .malformedSignature(line: 1)),
      ("text\n\n— a Uw2QOkn8srU\n", .malformedSignature(line: 1)),
      ("text\n\n— a Uw2QOkn8srU==\n", .malformedSignature(line: 1)),
      ("text\n\n— a Uw2Q-kn8srU=\n", .malformedSignature(line: 1)),
      ("text\n\n— a Uw2Q=kn8srU=\n", .malformedSignature(line: 1)),
      ("te\txt\n\n\(line)\n", .notText),
      ("te\0xt\n\n\(line)\n", .notText),
      ("text\r\n\n\(line)\n", .notText),
    ])
  func malformed(_ text: String, _ error: NoteError) {
    #expect(throws: error) { try SignedNote(decoding: Array(text.utf8)) }
  }

  @Test("bytes that are not UTF-8 are refused, in the text and in a name")
  func encoding() {
    let line = Array(Self.line.utf8)
    for bad in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x80]] as [[UInt8]] {
      #expect(throws: NoteError.notText) {
        try SignedNote(decoding: bad + Array("\n\n".utf8) + line + [0x0A])
      }
      #expect(throws: NoteError.malformedSignature(line: 1)) {
        try SignedNote(decoding: Array("text\n\n— a".utf8) + bad + Array(" Uw2QOkn8srU=\n".utf8))
      }
    }
  }

  @Test("every cut and every changed byte of a note is refused, or is another text or signature")
  func everyByte() throws {
    let known = try Known.notes().checkpoint
    let bytes = Array(known.note.utf8)
    let keys = try known.keys.map { text in try NoteKey(decoding: text) }
    let policy = try TrustPolicy(logs: [keys[0]], witnesses: Array(keys[1...]), threshold: 3)
    #expect(try policy.verify(SignedCheckpoint(decoding: bytes)).cosigned.map(\.time) == known.times)
    for count in bytes.indices {
      #expect(throws: (any Error).self) {
        try policy.verify(SignedCheckpoint(decoding: Array(bytes[..<count])))
      }
    }
    for place in bytes.indices {
      for change in [0x01, 0x20, 0x80] as [UInt8] {
        var other = bytes
        other[place] ^= change
        #expect(throws: (any Error).self) { try policy.verify(SignedCheckpoint(decoding: other)) }
      }
    }
  }

  @Test(
    "the last empty line parts text and signatures; lines that look like signatures may stand in the text")
  func separation() throws {
    let signer = try Sample.signer()
    let text = Array("one\n\n\(Self.line)\n\n\nlast\n".utf8)
    let note = try SignedNote(text, signedBy: signer)
    let read = try SignedNote(decoding: note.encoded())
    #expect(read == note && read.text == text)
    #expect(try read.signatures(by: [signer.key]).count == 1)
  }

  // Whose signature counts

  @Test("lines of unknown keys are ignored, also with the name or the ID of a known one")
  func unknown() throws {
    let key = try NoteKey(decoding: Known.notes().example.keys[0])
    let good = try SignedNote(decoding: Array(Known.notes().example.note.utf8))
    // The key's ID under another name, another ID under its name, and what may be a new kind of key.
    let foreign = [
      "— example.org/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=",
      "— example.com/foo Uw2QO0n8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=",
      "— example.com/quantum AAAAAQA=",
    ]
    let text = "This is an example message.\n"
    let mixed = try SignedNote(decoding: Sample.note(text, lines: foreign + [Self.line]))
    #expect(try mixed.signatures(by: [key]) == good.signatures(by: [key]))
    let without = try SignedNote(decoding: Sample.note(text, lines: foreign))
    #expect(try without.signatures(by: [key]).isEmpty)
  }

  @Test("a line with a known key's name and ID that is not its signature makes the note worthless")
  func wrongSignature() throws {
    let key = try NoteKey(decoding: Known.notes().example.keys[0])
    let text = "This is an example message.\n"
    let wrong =
      "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQQ="
    for lines in [
      [wrong], [Self.line, wrong], [wrong, Self.line], [Self.line, "— example.com/foo Uw2QOkk="],
    ] {
      let note = try SignedNote(decoding: Sample.note(text, lines: lines))
      #expect(throws: NoteVerificationError.invalidSignature(name: "example.com/foo")) {
        try note.signatures(by: [key])
      }
    }
  }

  @Test("a signature of another key under a known key's name and ID is that key's wrong signature")
  func sameID() throws {
    let signer = try Sample.signer()
    let other = try Sample.signer(seed: [UInt8](repeating: 9, count: 32))
    let signed = try SignedNote(Array("text\n".utf8), signedBy: other)
    #expect(try signed.signatures(by: [signer.key]).isEmpty)
    let id = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: signer.key.id >> $0) }
    let line = "— \(Sample.origin) \(base64(id + signed.signatures[0].bytes))"
    let forged = try SignedNote(decoding: Sample.note("text\n", lines: [line]))
    #expect(throws: NoteVerificationError.invalidSignature(name: Sample.origin)) {
      try forged.signatures(by: [signer.key])
    }
  }

  @Test("names are compared byte by byte, not as people read them")
  func lookalikes() throws {
    let (composed, decomposed): (ExactText, ExactText) = ("caf\u{e9}.example", "cafe\u{301}.example")
    #expect(composed.description == decomposed.description && composed != decomposed)
    let signer = try Sample.signer(composed)
    let note = try SignedNote(Array("text\n".utf8), signedBy: signer)
    let other = try NoteKey(name: decomposed, algorithm: .ed25519, publicKey: signer.key.publicKey)
    #expect(try note.signatures(by: [signer.key]).count == 1)
    #expect(try note.signatures(by: [other]).isEmpty)
  }

  @Test("256 signatures are read, 10,000 are refused, and so is a note of more than a mebibyte")
  func many() throws {
    func lines(_ count: Int) -> [String] { (0..<count).map { "— w\($0).example AAAAAQA=" } }
    #expect(try SignedNote(decoding: Sample.note("text\n", lines: lines(256))).signatures.count == 256)
    #expect(throws: NoteError.tooManySignatures(limit: 256)) {
      try SignedNote(decoding: Sample.note("text\n", lines: lines(257)))
    }
    #expect(throws: NoteError.tooManySignatures(limit: 256)) {
      try SignedNote(decoding: Sample.note("text\n", lines: lines(10_000)))
    }
    let long = String(repeating: "a", count: 1 << 20) + "\n"
    #expect(throws: NoteError.tooLong(limit: 1 << 20)) {
      try SignedNote(decoding: Sample.note(long, lines: [Self.line]))
    }
    // All of them the same, as no honest writer does.
    let same = try SignedNote(decoding: Sample.note("text\n", lines: Array(repeating: Self.line, count: 256)))
    #expect(throws: NoteVerificationError.self) {
      try same.signatures(by: [NoteKey(decoding: Known.notes().example.keys[0])])
    }
  }

  @Test("a text that no note can have is not signed", arguments: ["", "text", "a\tb\n", "a\r\n"])
  func unsignable(_ text: String) throws {
    let signer = try Sample.signer()
    #expect(throws: NoteError.notText) { try SignedNote(Array(text.utf8), signedBy: signer) }
  }

  private func base64(_ bytes: [UInt8]) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = Array(bytes[start..<min(start + 3, bytes.count)])
      let word = (0..<3).reduce(0) { $0 << 8 | ($1 < group.count ? Int(group[$1]) : 0) }
      for letter in 0..<4 {
        text.append(letter <= group.count ? letters[word >> (18 - 6 * letter) & 63] : "=")
      }
    }
    return text
  }
}
