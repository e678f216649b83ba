import Foundation
import TestSupport

/// The kinds of files that the command reads, each with a good one and the commands that read it.
enum FileKind: String, CaseIterable, Sendable {
  case snapshot, circuit, book, plainOpening, encryptedOpening, account, fill, proof, provedLines
  case vector, invalidProofs, passphrase
  case signingKey, publicKey, endorsement, attestation, fillReport, hiddenFill
  case escrowKey, escrowMember, escrowPackage, escrowShare, snapshotGuard, registry

  /// Whether the file is JSON that states a version.
  var isVersioned: Bool {
    switch self {
    case .snapshot, .book, .plainOpening, .account, .fill, .proof, .publicKey, .endorsement,
      .attestation, .fillReport, .hiddenFill, .escrowMember, .escrowPackage, .escrowShare, .snapshotGuard,
      .registry:
      true
    default: false
    }
  }

  /// A member that is a number, and a text that stands before it if its name occurs more than once.
  var number: String? {
    switch self {
    case .snapshot: "bufferPpm"
    case .book: "cash"
    case .plainOpening, .account, .fill, .proof, .attestation, .fillReport, .hiddenFill: "sequence"
    case .vector: "n_coords"
    case .endorsement: "epoch"
    case .escrowPackage: "threshold"
    case .escrowShare: "member"
    case .snapshotGuard: "priceMovePpm"
    case .registry: "count"
    default: nil
    }
  }

  /// Whether a file of the kind is any text at all.
  var isFreeText: Bool { self == .passphrase }

  /// A good file of this kind.
  func good(_ account: ProvenAccount) throws -> Data {
    func contents(_ path: String) throws -> Data { try Data(contentsOf: URL(filePath: path)) }
    return switch self {
    case .snapshot: try contents(Example.snapshot)
    case .circuit: try contents(Example.path("circuits/portfolio-margin.circuit"))
    case .book: try contents(Example.book)
    case .plainOpening: try contents(account.opening)
    case .encryptedOpening: try Self.encrypted(in: account.folder)
    case .account: try contents(account.account)
    case .fill:
      Data(
        #"{"version": 1, "account": "alice", "sequence": 0, "deltas": {"cash": "1000000"}}"#.utf8)
    case .proof, .provedLines: try contents(account.proof)
    case .vector: try contents(Example.path("vectors/circuit-proof/kat2_a2_s1.json"))
    case .invalidProofs: try contents(Example.path("vectors/circuit-proof/invalid.json"))
    case .passphrase: try Self.passphrase(in: account.folder)
    case .registry: try Self.registry(in: account.folder)
    case .signingKey, .publicKey, .endorsement, .attestation, .fillReport, .hiddenFill, .escrowKey,
      .escrowMember, .escrowPackage, .escrowShare, .snapshotGuard:
      try contents(try Desk(of: account).file(self))
    }
  }

  /// The passphrase of the encrypted opening, which is made as well.
  private static func passphrase(in folder: URL) throws -> Data {
    _ = try encrypted(in: folder)
    return Data("open sesame\n".utf8)
  }

  private static func registry(in folder: URL) throws -> Data {
    let file = folder.appending(path: "registry.json").path
    _ = try Tool.run(["registry", "grow", "--snapshot", Example.snapshot, "-o", file, "--force"])
    return try Data(contentsOf: URL(filePath: file))
  }

  private static func encrypted(in folder: URL) throws -> Data {
    let other = folder.appending(path: "encrypted").path
    _ = try Tool.run(
      ["commit", "--book", Example.book, "--snapshot", Example.snapshot, "-o", other, "--force"],
      passphrase: "open sesame")
    return try Data(contentsOf: URL(filePath: other + "/account.opening"))
  }

  /// Runs a command that reads the file at `path`, with good files in all other places.
  func read(_ path: String, _ account: ProvenAccount) throws -> Tool.Outcome {
    let snapshot = ["--snapshot", Example.snapshot]
    let output = account.folder.appending(path: "written-\(UUID().uuidString)").path
    let prove = ["prove", "--circuit", "portfolio-margin", "--now", Example.moment, "-o", output]
    return switch self {
    case .snapshot: try Tool.run(["snapshot", "check", path])
    case .circuit: try Tool.run(["circuit", "check", path])
    case .book: try Tool.run(["commit", "--plain", "--book", path, "-o", output] + snapshot)
    case .plainOpening, .encryptedOpening:
      try Tool.run(prove + snapshot + ["--opening", path], passphrase: "open sesame")
    case .account: try ProvenAccount.verify([account.proof, "--account", path])
    case .fill:
      try Tool.run(["fill", "--account", account.account, "--fill", path, "-o", output] + snapshot)
    case .proof: try Tool.run(["inspect", path])
    case .registry: try Tool.run(["registry", "show", path])
    case .provedLines: try ProvenAccount.verify([path])
    case .vector, .invalidProofs: try Tool.run(["vectors", "check", path])
    case .passphrase:
      try Tool.run(
        prove + snapshot + [
          "--opening", account.folder.appending(path: "encrypted/account.opening").path,
          "--passphrase-file", path,
        ])
    case .signingKey, .publicKey, .endorsement, .attestation, .fillReport, .hiddenFill, .escrowKey,
      .escrowMember, .escrowPackage, .escrowShare, .snapshotGuard:
      try Desk(of: account).read(path, as: self, writing: output)
    }
  }
}

/// What can be wrong with a file.
enum Damage: String, CaseIterable, Sendable {
  case missing, folder, empty, truncated, huge, garbage
  case wrongVersion, wrongType, duplicateKey, outOfRange, unknownKey

  /// Puts the damaged file at a place; false if the kind cannot be damaged that way.
  func place(_ good: Data, of kind: FileKind, at file: URL) throws -> Bool {
    switch self {
    case .missing: return true
    case .folder:
      try FileManager.default.createDirectory(at: file, withIntermediateDirectories: true)
      return true
    case .empty: try Data().write(to: file)
    case .truncated:
      guard !kind.isFreeText else { return false }
      try good.prefix(good.count * 2 / 3).write(to: file)
    case .huge:
      // 100 MB that take no room: a hole.
      try good.write(to: file)
      let handle = try FileHandle(forWritingTo: file)
      try handle.truncate(atOffset: 100 << 20)
      try handle.close()
    case .garbage:
      guard !kind.isFreeText else { return false }
      var random = SplitMix64(seed: 43)
      try Data([0xFF] + random.bytes(10_000)).write(to: file)
    case .wrongVersion:
      guard kind.isVersioned else { return false }
      return try edit(good, of: "version", to: "999", at: file)
    case .wrongType:
      guard let number = kind.number else { return false }
      return try edit(good, of: number, to: "{}", at: file)
    case .outOfRange:
      guard let number = kind.number else { return false }
      return try edit(good, of: number, to: "-999999999999999999999999999999", at: file)
    case .duplicateKey, .unknownKey:
      guard let number = kind.number else { return false }
      let text = String(decoding: good, as: UTF8.self)
      guard let brace = text.firstIndex(of: "{") else { return false }
      let extra = self == .duplicateKey ? "\"\(number)\": 1, \"\(number)\": 1," : "\"sequense\": 1,"
      // Vectors may have members that this program does not know.
      guard self == .duplicateKey || kind.isVersioned else { return false }
      try Data((text[...brace] + extra + text[text.index(after: brace)...]).utf8).write(to: file)
    }
    return true
  }

  /// Replaces the value of the first member of this name.
  private func edit(_ good: Data, of key: String, to value: String, at file: URL) throws -> Bool {
    let text = String(decoding: good, as: UTF8.self)
    guard
      let range = text.range(
        of: "\"\(key)\"\\s*:\\s*(\"[^\"]*\"|-?[0-9]+)", options: .regularExpression)
    else { return false }
    try Data(text.replacingCharacters(in: range, with: "\"\(key)\": \(value)").utf8).write(to: file)
    return true
  }

  /// The exit code that says so.
  func exitCode(for kind: FileKind) -> Int32 {
    switch self {
    case .missing, .folder: 66
    default: 65
    }
  }
}
