internal import MarginRules
package import Solvency
package import SolvencyProver

/// Keys, signed files, escrow and guard files, read and checked.
extension Documents {
  /// A signing key, with the passphrase it is locked with.
  package static func signingKey(
    _ path: String, _ passphrase: PassphraseOptions
  ) throws(ToolFailure) -> SigningKey {
    let bytes = try InputFile.read(path, limit: KeyFile.fileByteLimit, as: .signingKey)
    // Before a passphrase is asked for.
    try FileKind.check(bytes, at: path, is: [.signingKey])
    let secret = try passphrase.existing()
    return try ToolFailure.wrapping(path) { try KeyFile.open(bytes, with: secret) }
  }

  /// The public key of a signer in one role.
  package static func verificationKey(
    _ path: String, of role: SignerRole
  ) throws(ToolFailure) -> VerificationKey {
    let file = try read(path, KeyFile.fileByteLimit, as: .publicKey) { try PublicKeyFile(decoding: $0) }
    guard file.role == role else {
      throw ToolFailure(
        .malformedInput, InputFile.name(path),
        "is the key of a \(file.role.rawValue); one of a \(role.rawValue) is wanted")
    }
    return file.key
  }

  /// Something that claims to be signed.
  package static func signed<Content: Signable>(
    _ path: String, as: Content.Type
  ) throws(ToolFailure) -> Signed<Content> {
    try read(path, Signed<Content>.fileByteLimit, as: .signed(Content.kind)) {
      try Signed<Content>(decoding: $0)
    }
  }

  package static func custodianRegister(_ path: String) throws(ToolFailure) -> CustodianRegister {
    try read(path, CustodianRegister.fileByteLimit, as: .custodianRegister) {
      try CustodianRegister(decoding: $0)
    }
  }

  package static func hiddenFill(_ path: String) throws(ToolFailure) -> HiddenFill {
    try read(path, HiddenFill.fileByteLimit, as: .hiddenFill) { try HiddenFill(decoding: $0) }
  }

  package static func escrowPackage(_ path: String) throws(ToolFailure) -> EscrowPackage {
    try read(path, EscrowPackage.fileByteLimit, as: .escrowPackage) { try EscrowPackage(decoding: $0) }
  }

  package static func escrowShare(_ path: String) throws(ToolFailure) -> EscrowShare {
    try read(path, EscrowShare.fileByteLimit, as: .escrowShare) { try EscrowShare(decoding: $0) }
  }

  /// The public key of a member of a liquidation committee.
  package static func escrowMember(_ path: String) throws(ToolFailure) -> EscrowPublicKey {
    try read(path, EscrowKeyFile.fileByteLimit, as: .publicKey) { try EscrowPublicKey(decoding: $0) }
  }

  /// The secret key of a member, with the passphrase it is locked with.
  package static func escrowKey(
    _ path: String, _ passphrase: PassphraseOptions
  ) throws(ToolFailure) -> EscrowSecretKey {
    let bytes = try InputFile.read(path, limit: EscrowKeyFile.fileByteLimit, as: .escrowKey)
    try FileKind.check(bytes, at: path, is: [.escrowKey])
    let secret = try passphrase.existing()
    return try ToolFailure.wrapping(path) { try EscrowKeyFile.open(bytes, with: secret) }
  }

  package static func snapshotGuard(_ path: String) throws(ToolFailure) -> SnapshotGuard {
    try read(path, SnapshotGuard.fileByteLimit, as: .snapshotGuard) { try SnapshotGuard(decoding: $0) }
  }
}
