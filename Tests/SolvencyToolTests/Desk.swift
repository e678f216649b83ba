import Foundation
import TestSupport

/// The people around an account: their keys, made when they are first needed, and what they sign and seal.
struct Desk {
  static let passphrase = "open sesame"
  static let venueName = "Example Exchange"

  let account: ProvenAccount
  private var folder: URL { account.folder.appending(path: "desk") }

  struct Failed: Error { let errors: String }

  init(of account: ProvenAccount) throws {
    self.account = account
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  func path(_ name: String) -> String { folder.appending(path: name).path }

  /// A path that is free.
  func fresh() -> String { path("fresh-\(UUID().uuidString)") }

  /// The secret key of a role, by any name.
  func key(_ role: String, named name: String? = nil) throws -> String {
    let file = path("\(name ?? role).key")
    if !FileManager.default.fileExists(atPath: file) {
      try done(["keygen", "--role", role, "-o", file])
    }
    return file
  }

  func publicKey(_ role: String, named name: String? = nil) throws -> String {
    try key(role, named: name) + ".pub"
  }

  /// The account and the snapshot, as most commands want them.
  var state: [String] { ["--account", account.account, "--snapshot", Example.snapshot] }

  /// The venue's public key and its signature on a snapshot.
  func venue(on snapshot: String = Example.snapshot) throws -> [String] {
    let signature = path("signature-\(snapshot.hash.magnitude).json")
    if !FileManager.default.fileExists(atPath: signature) {
      try done([
        "snapshot", "sign", snapshot, "--venue-name", Self.venueName, "--key", try key("venue"), "-o",
        signature,
      ])
    }
    return ["--venue", try publicKey("venue"), "--signature", signature]
  }

  /// Runs a command with the passphrase of all keys.
  func run(_ arguments: [String]) throws -> Tool.Outcome {
    try Tool.run(arguments, passphrase: Self.passphrase)
  }

  /// Runs a command that must succeed.
  @discardableResult
  func done(_ arguments: [String]) throws -> Tool.Outcome {
    let outcome = try run(arguments)
    guard outcome.exitCode == 0 else { throw Failed(errors: outcome.errors) }
    return outcome
  }

  // MARK: Files of each kind

  /// A good file, made unless it is there.
  func file(_ kind: FileKind) throws -> String {
    let file = path("\(kind).json")
    guard !FileManager.default.fileExists(atPath: file) else { return file }
    switch kind {
    case .signingKey: return try key("venue")
    case .publicKey: return try publicKey("venue")
    case .endorsement: return try venue()[3]
    case .attestation: try attest(to: Self.venueName, into: file)
    case .fillReport:
      try done(
        ["fill", "--delta", "cash=5", "--key", try key("engine"), "--report", file, "-o", fresh()] + state)
    case .hiddenFill: try done(["fill", "--delta", "cash=5", "--hide", file, "-o", fresh()] + state)
    case .escrowKey: return try key("escrow-member", named: "a")
    case .escrowMember: return try publicKey("escrow-member", named: "a")
    case .escrowPackage: try seal(["a"], threshold: 1, into: file)
    case .escrowShare:
      try done([
        "escrow", "open", try self.file(.escrowPackage), "--key", try self.file(.escrowKey), "-o", file,
      ])
    case .snapshotGuard: try done(try prove(guard: file))
    default: throw Failed(errors: "\(kind) is not a file of a desk")
    }
    return file
  }

  /// Runs a command that reads a file of a kind, with good files in all other places.
  func read(_ path: String, as kind: FileKind, writing output: String) throws -> Tool.Outcome {
    switch kind {
    case .signingKey:
      try run([
        "snapshot", "sign", Example.snapshot, "--venue-name", Self.venueName, "--key", path, "-o", output,
      ])
    case .publicKey:
      try run(
        ["snapshot", "check", Example.snapshot, "--venue", path, "--signature", try file(.endorsement)])
    case .endorsement:
      try run(
        ["snapshot", "check", Example.snapshot, "--venue", try file(.publicKey), "--signature", path])
    case .attestation: try check([path])
    case .fillReport:
      try run(["fill", "--fill", path, "--engine", try publicKey("engine"), "-o", output] + state)
    case .hiddenFill: try run(["fill", "--hidden", path, "-o", output] + state)
    case .escrowKey: try run(["escrow", "open", try file(.escrowPackage), "--key", path])
    case .escrowMember:
      try run([
        "escrow", "seal", "--opening", account.opening, "--member", path, "--threshold", "1", "-o", output,
      ])
    case .escrowPackage: try run(["escrow", "open", path, "--key", try file(.escrowKey)])
    case .escrowShare:
      try run([
        "escrow", "recover", try file(.escrowPackage), "--share", path, "--plain", "-o", output,
      ])
    case .snapshotGuard: try run(["leak-report", "--guard", path])
    default: throw Failed(errors: "\(kind) is not a file of a desk")
    }
  }

  // MARK: Commands

  func attest(
    to venue: String, of account: String? = nil, by custodian: String = "custodian",
    with other: String? = nil,
    into file: String
  ) throws {
    let others = try other.map { ["--with", try publicKey("custodian", named: $0)] } ?? []
    try done(
      [
        "attest", "--account", account ?? self.account.account, "--pledged-to", venue, "--key",
        try key("custodian", named: custodian), "--now", Example.moment, "-o", file,
      ] + others)
  }

  /// Checks attestations at the moment of the examples.
  func check(
    _ attestations: [String], trusting custodians: [String] = ["custodian"], _ more: [String] = []
  ) throws -> Tool.Outcome {
    let keys = try custodians.flatMap { ["--custodian", try publicKey("custodian", named: $0)] }
    return try run(["attest", "check"] + attestations + keys + ["--now", Example.moment] + more)
  }

  func seal(_ members: [String], threshold: Int, into file: String) throws {
    let keys = try members.flatMap { ["--member", try publicKey("escrow-member", named: $0)] }
    try done(
      ["escrow", "seal", "--opening", account.opening, "--threshold", "\(threshold)", "-o", file] + keys)
  }

  /// The command that proves under a guard.
  func prove(
    under snapshot: String = Example.snapshot, at moment: String = Example.moment, guard file: String
  ) throws -> [String] {
    [
      "prove", "--circuit", "portfolio-margin", "--snapshot", snapshot, "--opening", account.opening,
      "--now", moment, "--guard", file, "-o", fresh(),
    ] + (try venue(on: snapshot))
  }
}
