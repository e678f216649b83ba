internal import Solvency

/// The head of a log, signed by its venue.
///
/// One signature covers every entry up to it, as each names the one before: the cost is one Ed25519 signature
/// for a commit of one decision or of a thousand. Who holds a signed head, and a trader gets one with every
/// receipt, can show later that the venue has changed, dropped or reordered an entry before it.
public struct SignedLogHead: Hashable, Sendable {
  /// Number of bytes of a signature.
  public static let signatureByteCount = 64

  /// How many entries there are, and the digest of the last.
  public let head: LogHead
  /// The venue's signature over the head's bytes.
  public let signature: [UInt8]

  /// A signed head of these parts, unchecked.
  public init(head: LogHead, signature: [UInt8]) {
    self.head = head
    self.signature = signature
  }

  /// Whether the signature is that of a venue.
  public func isSigned(by venue: LogVerificationKey) -> Bool {
    venue.isValid(signature, of: head.signedBytes)
  }
}

extension LogHead {
  /// What is signed: the number of entries and the digest of the last.
  var signedBytes: [UInt8] {
    var writer = CanonicalWriter(domain: "solvency/log-head/v1")
    writer.append(count)
    writer.append(digest)
    return writer.bytes
  }

  /// What a reader who has arrived at this head finds wrong with the signed one.
  func fault(against signed: SignedLogHead?, by venue: LogVerificationKey) -> LogFault? {
    guard let signed else { return count == 0 ? nil : .unsigned(from: 0) }
    guard signed.isSigned(by: venue) else { return .badSignature }
    if signed.head.count > count { return .truncated(expected: signed.head.count, actual: count) }
    if signed.head.count < count { return .unsigned(from: signed.head.count) }
    return signed.head == self ? nil : .altered(index: count == 0 ? 0 : count - 1)
  }
}
