public import CanonicalBytes
internal import MarginRules
public import Solvency

/// The head of a log, signed by its venue.
///
/// One signature covers every entry up to it, as each names the one before: the cost is one Ed25519 signature
/// for a commit of one decision or of a thousand. Who holds a signed head, and a trader gets one with every
/// receipt, can show later that the venue has changed, dropped or reordered an entry before it.
public typealias SignedLogHead = Signed<LogHead>

extension LogHead: Signable {
  /// A venue signs it.
  public static let signer = SignerRole.venue
  /// What it is called in files.
  public static let kind = "log-head"

  /// The number of entries and the digest of the last, after a domain of their own.
  public var canonicalBytes: [UInt8] {
    var writer = CanonicalWriter(domain: "solvency/log-head/v1")
    writer.append(count)
    writer.append(digest)
    return writer.bytes
  }

  /// The content as it stands in a file.
  public var json: JSONValue { ["count": .integer(count), "digest": .hex(digest.bytes)] }

  /// Reads the content as it stands in a file.
  ///
  /// - Throws: `FileError` for a value that is not of this form.
  public init(_ node: JSONNode) throws(FileError) {
    do throws(DocumentError) {
      let members = try node.object(required: ["count", "digest"])
      count = try members["count"].unsigned()
      let hex = try members["digest"]
      guard let digest = Digest(try hex.bytes(hexOfCount: Digest.byteCount)) else {
        throw hex.failure(.notHexadecimal)
      }
      self.digest = digest
    } catch {
      throw .document(error)
    }
  }

  /// What a reader who has arrived at this head finds wrong with the signed one.
  package func fault(against signed: SignedLogHead?, by venue: VerificationKey) -> LogFault? {
    guard let signed else { return count == 0 ? nil : .unsigned(from: 0) }
    guard let stated = try? signed.content(verifiedBy: venue) else { return .badSignature }
    if stated.count > count { return .truncated(expected: stated.count, actual: count) }
    if stated.count < count { return .unsigned(from: stated.count) }
    return stated == self ? nil : .altered(index: count == 0 ? 0 : count - 1)
  }
}
