import Foundation
import TestSupport
import Testing

/// Files of another kind than the one that is wanted.
@Suite("Files of another kind")
struct OtherKindTests {
  /// What messages call a kind; nil for kinds that anything may be or that nothing reads as one.
  private static func name(_ kind: FileKind) -> String? {
    switch kind {
    case .snapshot: "a risk snapshot"
    case .circuit: "a circuit"
    case .book: "a book"
    case .plainOpening, .encryptedOpening: "an encrypted opening or an opening that is NOT encrypted"
    case .account: "an account commitment"
    case .fill: "a fill"
    case .provedLines: "a proof"
    case .signingKey: "a signing key under a passphrase"
    case .publicKey, .escrowMember: "the public part of a key"
    case .endorsement: "a signed snapshot"
    case .attestation: "a signed attestation"
    case .fillReport: "a signed fill"
    case .hiddenFill: "a hidden fill, NOT encrypted"
    case .escrowKey: "a key of an escrow committee under a passphrase"
    case .escrowPackage: "an opening sealed to a committee"
    case .escrowShare: "a member's share of a sealed opening"
    case .snapshotGuard: "a guard"
    case .registry: "a list of coordinates"
    case .proof, .vector, .invalidProofs, .passphrase: nil
    }
  }

  /// The other files, with what they are called.
  private static let others: [(path: String, name: String)] = [
    (Example.book, "a book"), (Example.snapshot, "a risk snapshot"),
    (Example.path("circuits/portfolio-margin.circuit"), "a circuit"),
    (Example.path("Fuzz/Seeds/public-key.json"), "the public part of a key"),
  ]

  @Test(
    "every reader names the kind that a file is and the one that is wanted",
    arguments: FileKind.allCases.filter { Self.name($0) != nil })
  func named(_ kind: FileKind) throws {
    let wanted = try #require(Self.name(kind))
    try Scratch.with { folder in
      let account = try ProvenAccount(in: folder)
      // A text is read as lines of proofs, each malformed.
      for (path, name) in Self.others where name != wanted && !(kind == .provedLines && name == "a circuit") {
        let outcome = try kind.read(path, account)
        #expect(outcome.exitCode == 65, "\(outcome.errors)\(outcome.output)")
        #expect(
          (outcome.errors + outcome.output).contains("is \(name); \(wanted) is wanted"),
          "\(outcome.errors)\(outcome.output)")
      }
    }
  }

  @Test(
    "a file that is nearly of its kind is told what is wrong with it, and a larger one of another what it is")
  func near() throws {
    try Scratch.with { folder in
      let account = try ProvenAccount(in: folder)
      // A book with a member of another kind is a book with an unknown key.
      let book = folder.appending(path: "near.json")
      try Data(#"{"version": 1, "account": "a", "cash": 5, "parameters": {}}"#.utf8).write(to: book)
      let near = try FileKind.book.read(book.path, account)
      #expect(
        near.exitCode == 65 && near.errors.contains(#"has the unknown key "parameters""#), "\(near.errors)")
      // The example snapshot has more bytes than an account may have.
      let large = try FileKind.account.read(Example.snapshot, account)
      #expect(large.errors.contains("is a risk snapshot; an account commitment is wanted"), "\(large.errors)")
      // JSON of no kind is still no circuit.
      let unknown = folder.appending(path: "unknown.json")
      try Data(#"{"a": 1}"#.utf8).write(to: unknown)
      let outcome = try FileKind.circuit.read(unknown.path, account)
      #expect(outcome.errors.contains("is JSON of a kind that is not known here; a circuit is wanted"))
      #expect(outcome.errorLines.count == 1)
    }
  }

  @Test("observations of another kind, or without their columns, are refused at their first line")
  func observations() throws {
    try Scratch.with { folder in
      let snapshot = try Tool.run(["drought", "fit", Example.snapshot])
      #expect(snapshot.exitCode == 65 && snapshot.errors.contains("is a risk snapshot; observations"))
      // 100 MB that take no room: a hole without a line feed.
      let hole = folder.appending(path: "hole.csv")
      try Data("time,depth\n".utf8).write(to: hole)
      let handle = try FileHandle(forWritingTo: hole)
      try handle.truncate(atOffset: 100 << 20)
      try handle.close()
      let outcome = try Tool.run(["drought", "fit", hole.path])
      #expect(outcome.exitCode == 65 && outcome.errors.contains("line 1: the columns are time,depthHour"))
      #expect(outcome.errorLines.count == 1)
    }
  }
}
