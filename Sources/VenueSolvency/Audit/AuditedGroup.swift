internal import CanonicalBytes
internal import MarginRules
internal import ProofCore
internal import Ristretto
internal import Solvency
internal import SolvencyVerifier

/// A proof about several accounts of a roll, as an auditor holds it while the entries of its accounts go by.
///
/// The evidence of each of its accounts is the whole envelope: all their entries state its digest. It stands
/// in the list of evidence once, with the first of them. A group ends where the next of its band begins.
final class AuditedGroup {
  /// SHA-256 of the envelope's bytes, which the entries of its accounts state.
  let digest: Digest
  /// The envelope.
  let envelope: GroupEnvelope
  /// What is wrong with the group as a whole; nil in it if nothing is, nil if its proof is not verified yet.
  var verdict: RollFault??

  /// Where the account is expected that comes next: accounts stand on the roll in the order of their group.
  private var next = 0

  /// A group with the digest of its bytes.
  init(_ envelope: GroupEnvelope, digest: Digest) { (self.envelope, self.digest) = (envelope, digest) }

  /// The group that bytes are, if they are one: those whose digest an account's entry states that is listed
  /// as solvent.
  static func envelope(_ evidence: [UInt8]) -> GroupEnvelope? {
    mayBeGroup(evidence) ? try? GroupEnvelope(decoding: evidence) : nil
  }

  private static let key = Array("\"members\"".utf8)

  /// Whether the bytes have the member that envelopes of one account lack, so that those are read once.
  private static func mayBeGroup(_ evidence: [UInt8]) -> Bool {
    let (key, bytes) = (key.span, evidence.span)
    var start = 0
    while start <= bytes.count - key.count {
      var matching = 0
      while matching < key.count, bytes[start + matching] == key[matching] { matching += 1 }
      if matching == key.count { return true }
      start += 1
    }
    return false
  }

  /// Why the group does not show this account to be what it is listed as; nil if all that is left is the
  /// proof.
  func fault(of account: RollAccount, under header: RollHeader) -> RollFault? {
    guard let band = account.band else { return .otherCircuit }
    guard let circuit = header.documents.circuit(ofBand: band) else { return .unknownBand }
    guard envelope.context.circuit == circuit else { return .otherCircuit }
    guard let name = try? account.name.account, let place = place(of: name) else { return .otherName }
    guard envelope.context.members[place].sequence == account.sequence else { return .otherSequence }
    guard envelope.commitments[place] == account.commitment else { return .otherCommitment }
    return nil
  }

  /// The place of an account in the group; nil if it is not one of it.
  private func place(of name: AccountID) -> Int? {
    let members = envelope.context.members
    let place =
      next < members.count && members[next].account == name
      ? next : members.firstIndex { $0.account == name }
    if let place { next = place + 1 }
    return place
  }

  /// What is wrong with the group as a whole, before its proof is verified. That its circuit is the one of
  /// the band that an account is listed in, ``fault(of:under:)`` has compared.
  func fault(under header: RollHeader) -> RollFault? {
    let context = envelope.context
    guard context.snapshot == header.documents.snapshot else {
      return .group(code: RejectionReason.unknownSnapshot.code)
    }
    guard context.registry == header.documents.registry else {
      return .group(code: RejectionReason.unknownRegistry.code)
    }
    return nil
  }
}
