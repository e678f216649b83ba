internal import MarginRules
package import Solvency
package import SolvencyProver

/// Keys, signed files, escrow and guard files, read and checked.
extension Documents {
  /// A signing key, with the passphrase it is locked with.
  package static func signingKey(
    _ path: String, _ passphrase: PassphraseOptions
  ) throws(ToolFailure) -> SigningKey {
    let bytes = try InputFile.read(path, limit: KeyFile.fileByteLimit)
    let secret = try passphrase.existing()
    return try ToolFailure.wrapping(path) { try KeyFile.open(bytes, with: secret) }
  }

  /// The public key of a signer in one role.
  package static func verificationKey(
    _ path: String, of role: SignerRole
  ) throws(ToolFailure) -> VerificationKey {
    let file = try read(path, KeyFile.fileByteLimit) { try PublicKeyFile(decoding: $0) }
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
    try read(path, Signed<Content>.fileByteLimit) { try Signed<Content>(decoding: $0) }
  }

  package static func custodianRegister(_ path: String) throws(ToolFailure) -> CustodianRegister {
    try read(path, CustodianRegister.fileByteLimit) { try CustodianRegister(decoding: $0) }
  }

  package static func hiddenFill(_ path: String) throws(ToolFailure) -> HiddenFill {
    try read(path, HiddenFill.fileByteLimit) { try HiddenFill(decoding: $0) }
  }

  package static func escrowPackage(_ path: String) throws(ToolFailure) -> EscrowPackage {
    try read(path, EscrowPackage.fileByteLimit) { try EscrowPackage(decoding: $0) }
  }

  package static func escrowShare(_ path: String) throws(ToolFailure) -> EscrowShare {
    try read(path, EscrowShare.fileByteLimit) { try EscrowShare(decoding: $0) }
  }

  /// The public key of a member of a liquidation committee.
  package static func escrowMember(_ path: String) throws(ToolFailure) -> EscrowPublicKey {
    try read(path, EscrowKeyFile.fileByteLimit) { try EscrowPublicKey(decoding: $0) }
  }

  /// The secret key of a member, with the passphrase it is locked with.
  package static func escrowKey(
    _ path: String, _ passphrase: PassphraseOptions
  ) throws(ToolFailure) -> EscrowSecretKey {
    let bytes = try InputFile.read(path, limit: EscrowKeyFile.fileByteLimit)
    let secret = try passphrase.existing()
    return try ToolFailure.wrapping(path) { try EscrowKeyFile.open(bytes, with: secret) }
  }

  package static func snapshotGuard(_ path: String) throws(ToolFailure) -> SnapshotGuard {
    try read(path, SnapshotGuard.fileByteLimit) { try SnapshotGuard(decoding: $0) }
  }
}
