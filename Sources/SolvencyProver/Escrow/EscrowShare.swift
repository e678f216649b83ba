internal import CSodium
internal import CanonicalBytes
internal import Ristretto
internal import Solvency

/// What one member of a committee contributes to opening a package: `f(i)`, checked against the public
/// points. With t − 1 others it opens the account; alone it tells nothing.
public struct EscrowShare: ~Copyable, Sendable {
  /// The member's number, from 1.
  public let member: Int
  /// Which package the share belongs to: the hash of its public part.
  let package: [UInt8]
  let value: SecretBlock<Scalar>

  /// A share that came out of a file, not yet checked against a package.
  fileprivate init(member: Int, package: [UInt8], value: consuming SecretBlock<Scalar>) {
    self.member = member
    self.package = package
    self.value = value
  }
}

extension EscrowPackage {
  /// Opens the share of the member that holds a key, and checks it.
  ///
  /// A member does this when it receives the package, so that a bad share is found while its maker can
  /// still be asked, and again when the package has to be opened.
  ///
  /// - Throws: ``EscrowError/notAMember``, ``EscrowError/sealedShare(member:)`` or
  ///   ``EscrowError/wrongShare(member:)``.
  public func share(
    openedBy key: borrowing EscrowSecretKey
  ) throws(EscrowError) -> EscrowShare {
    guard let index = members.firstIndex(of: key.publicKey) else { throw .notAMember }
    let member = index + 1
    let box = sealedShares[index]
    guard box.count == Self.sealedShareByteCount else { throw .sealedShare(member: member) }
    var bytes = SecretBlock<UInt8>(repeating: 0, count: Scalar.byteCount)
    let status = unsafe bytes.withMutablePointer { bytes, _ in
      unsafe key.bytes.withPointer { secret, _ in
        unsafe crypto_box_seal_open(
          bytes, box, UInt64(box.count), members[index].bytes, secret)
      }
    }
    guard status == 0 else { throw .sealedShare(member: member) }
    let encoded = bytes.withSpan { span in span.indices.map { span[$0] } }
    guard let value = try? Scalar(canonicalBytes: encoded) else { throw .wrongShare(member: member) }
    let share = EscrowShare(
      member: member, package: identifier, value: SecretBlock(repeating: value, count: 1))
    try check(share)
    return share
  }

  /// Refuses a share that is not of this package, or is not what its points say.
  ///
  /// - Throws: ``EscrowError/foreignShare`` or ``EscrowError/wrongShare(member:)``.
  public func check(_ share: borrowing EscrowShare) throws(EscrowError) {
    guard share.package == identifier, (1...members.count).contains(share.member) else {
      throw .foreignShare
    }
    var commitments: [Point] = []
    for point in points {
      guard let point = try? point.decoded() else { throw .tampered }
      commitments.append(point)
    }
    let value = share.value.withSpan { $0[0] }
    guard SharedSecret.isShare(value, of: share.member, under: commitments) else {
      throw .wrongShare(member: share.member)
    }
  }

  /// BLAKE2b-256 of the public part.
  var identifier: [UInt8] {
    let header = header
    var hash = [UInt8](repeating: 0, count: 32)
    unsafe crypto_generichash(&hash, hash.count, header, UInt64(header.count), nil, 0)
    return hash
  }
}

extension EscrowShare {
  /// The largest share file that is read, in bytes.
  public static let fileByteLimit = 4 << 10
  private static let keys = ["member", "package", "share"]

  /// The share as a file that its member hands to the party that recovers. **Secret** until the package is
  /// opened.
  public borrowing func encoded() -> [UInt8] {
    let value = value.withSpan { $0[0].encoded() }
    let json: JSONValue = [
      "version": 1, "member": .integer(member), "package": .hex(package), "share": .hex(value),
    ]
    return json.encoded(.indented)
  }

  /// Reads a file written by ``encoded()``.
  ///
  /// - Throws: ``EscrowError/document(_:)``, ``EscrowError/unsupportedVersion(_:)`` or
  ///   ``EscrowError/invalidValue(path:)``.
  public init(decoding file: [UInt8]) throws(EscrowError) {
    let parts: (member: Int64, package: [UInt8], value: [UInt8])
    do throws(DocumentError) {
      let object = try JSONDocument.parse(file, maximumBytes: Self.fileByteLimit)
        .object(version: 1, required: Self.keys)
      parts = (
        try object["member"].integer(in: 1...Int64(EscrowPackage.memberLimit)),
        try object["package"].bytes(hexOfCount: 32), try object["share"].bytes(hexOfCount: 32)
      )
    } catch {
      throw EscrowError(error)
    }
    guard let value = try? Scalar(canonicalBytes: parts.value) else {
      throw .invalidValue(path: "share")
    }
    self.init(
      member: Int(parts.member), package: parts.package,
      value: SecretBlock(repeating: value, count: 1))
  }
}
