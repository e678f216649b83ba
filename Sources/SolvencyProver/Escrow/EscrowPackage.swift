internal import CSodium
public import CanonicalBytes
internal import MarginRules
internal import Merlin
internal import ProofCore
internal import Ristretto
public import Solvency

/// The opening of an account, sealed so that any t of n members of a liquidation committee can open it
/// together and fewer cannot: what lets positions that nobody sees be closed when their holder is silent.
///
///     f           a polynomial of degree t − 1 with uniform coefficients a_k mod ℓ; A_k = a_k·B
///     share i     crypto_box_seal(f(i)) to member i                             i = 1 … n
///     key         BLAKE2b-256(key: a₀, domain ‖ public part)
///     contents    crypto_secretbox(opening, nonce, key)
///
/// The public part (account, registry, commitment, sequence, threshold, members, points, nonce) is bound
/// into the key, so a changed one opens nothing. Each member checks its share
/// against the points by itself, long before it is needed. That the contents are the opening of the
/// commitment is checked when they are opened: the one who seals, a custodian, is trusted for it until then.
///
/// Shamir (1979), Feldman (1987); sealed boxes and secretbox are libsodium's.
public struct EscrowPackage: Hashable, Sendable {
  /// The most members of a committee.
  public static let memberLimit = 32

  /// What the contents open.
  public let account: AccountCommitment
  /// t: how many members it takes.
  public let threshold: Int
  /// The members, by their number from 1.
  public let members: [EscrowPublicKey]
  /// `A_k`, t of them.
  let points: [EncodedPoint]
  let sealedShares: [[UInt8]]
  let nonce: [UInt8]
  let contents: [UInt8]

  static let nonceByteCount = Int(crypto_secretbox_NONCEBYTES)
  static let tagByteCount = Int(crypto_secretbox_MACBYTES)
  /// A scalar, and the ephemeral key and tag of its sealed box.
  static let sealedShareByteCount =
    Scalar.byteCount + Int(crypto_box_PUBLICKEYBYTES) + Int(crypto_box_MACBYTES)

  /// Parts that came out of a file, with their number and lengths checked.
  init(
    account: AccountCommitment, threshold: Int, members: [EscrowPublicKey], points: [EncodedPoint],
    sealedShares: [[UInt8]], nonce: [UInt8], contents: [UInt8]
  ) throws(EscrowError) {
    try Self.check(threshold: threshold, members: members)
    guard points.count == threshold, sealedShares.count == members.count else { throw .committee }
    self.account = account
    self.threshold = threshold
    self.members = members
    self.points = points
    self.sealedShares = sealedShares
    self.nonce = nonce
    self.contents = contents
  }

  /// Seals an opening to a committee.
  ///
  /// - Parameters:
  ///   - opening: the opening to seal; it stays with the caller.
  ///   - members: 1 to ``memberLimit`` different keys.
  ///   - threshold: from 1 to the number of members.
  /// - Throws: ``EscrowError/committee`` or ``EscrowError/opening(_:)``.
  public static func sealing(
    _ opening: borrowing AccountOpening, to members: [EscrowPublicKey], threshold: Int
  ) throws(EscrowError) -> EscrowPackage {
    try check(threshold: threshold, members: members)
    let account: AccountCommitment
    do throws(OpeningError) {
      account = try opening.commitment()
    } catch {
      throw .opening(error)
    }
    var source = RandomnessSource.hedged(domain: "solvency escrow polynomial v1", members.map(\.bytes))
    opening.blinding.withSpan { source.rekey(with: $0, label: "blinding") }
    opening.values.withSpan { source.rekey(with: $0, label: "book") }
    let polynomial = SecretPolynomial(source.scalars(threshold, systemBytes: SystemRandom.bytes(32)))
    let points = polynomial.commitments()
    let nonce = SystemRandom.bytes(nonceByteCount)
    let header = header(
      account: account, threshold: threshold, members: members, points: points, nonce: nonce)
    var shares: [[UInt8]] = []
    for (index, member) in members.enumerated() {
      shares.append(try seal(polynomial.share(of: index + 1), to: member))
    }
    let contents = encrypt(
      OpeningPayload.encode(opening), nonce: nonce, key: key(polynomial.secret(), header))
    return try EscrowPackage(
      account: account, threshold: threshold, members: members, points: points,
      sealedShares: shares, nonce: nonce, contents: contents)
  }

  /// SHA-256 over a domain of its own and every part of the package: what a custodian signs as an
  /// ``EscrowSeal``.
  public var digest: Digest {
    var writer = CanonicalWriter(domain: "solvency/escrow-package/v1")
    writer.append(text: header)
    for share in sealedShares { writer.append(text: share) }
    writer.append(text: contents)
    return .sha256(of: writer.bytes)
  }

  /// Refuses a package that is not the one a custodian signed, or not of the account's present state.
  ///
  /// - Throws: ``EscrowError/changed``, or ``EscrowError/stale(sealed:current:)`` after a fill: a new package
  ///   is needed.
  public func check(
    against seal: EscrowSeal, current: AccountCommitment? = nil
  ) throws(EscrowError) {
    guard seal.package == digest, seal.account == account else { throw .changed }
    if let current { try checkIsOf(current) }
  }

  /// Refuses a package that does not open the account as it is now.
  ///
  /// - Throws: ``EscrowError/stale(sealed:current:)``.
  public func checkIsOf(_ current: AccountCommitment) throws(EscrowError) {
    guard account == current else {
      throw .stale(sealed: account.sequence, current: current.sequence)
    }
  }

  /// The bytes that the key is bound to.
  var header: [UInt8] {
    Self.header(
      account: account, threshold: threshold, members: members, points: points, nonce: nonce)
  }

  private static func header(
    account: AccountCommitment, threshold: Int, members: [EscrowPublicKey], points: [EncodedPoint],
    nonce: [UInt8]
  ) -> [UInt8] {
    var writer = CanonicalWriter(domain: "solvency/escrow/v1")
    writer.append(text: account.account.utf8)
    writer.append(account.registry)
    writer.append(text: account.commitment.encoded.bytes)
    writer.append(account.sequence)
    writer.append(UInt32(threshold))
    writer.append(UInt32(members.count))
    for member in members { writer.append(text: member.bytes) }
    for point in points { writer.append(text: point.bytes) }
    writer.append(text: nonce)
    return writer.bytes
  }

  private static func check(threshold: Int, members: [EscrowPublicKey]) throws(EscrowError) {
    guard (1...memberLimit).contains(members.count), Set(members).count == members.count,
      (1...members.count).contains(threshold)
    else { throw .committee }
  }

  // MARK: libsodium

  private static func seal(
    _ share: consuming SecretBlock<Scalar>, to member: EscrowPublicKey
  ) throws(EscrowError) -> [UInt8] {
    let bytes = encoded(share)
    var box = [UInt8](repeating: 0, count: sealedShareByteCount)
    let status = unsafe bytes.withPointer { bytes, count in
      unsafe crypto_box_seal(&box, bytes, UInt64(count), member.bytes)
    }
    // A point of small order is nobody's key; nothing can be sealed to it.
    guard status == 0 else { throw .committee }
    return box
  }

  private static func encrypt(
    _ plaintext: consuming SecretBlock<UInt8>, nonce: [UInt8], key: consuming SecretBlock<UInt8>
  ) -> [UInt8] {
    var contents = [UInt8](repeating: 0, count: plaintext.count + tagByteCount)
    unsafe plaintext.withPointer { plaintext, count in
      unsafe key.withPointer { key, _ in
        _ = unsafe crypto_secretbox_easy(&contents, plaintext, UInt64(count), nonce, key)
      }
    }
    return contents
  }

  /// BLAKE2b-256 of the public part under the shared scalar.
  static func key(
    _ secret: consuming SecretBlock<Scalar>, _ header: [UInt8]
  ) -> SecretBlock<UInt8> {
    let bytes = encoded(secret)
    var key = SecretBlock<UInt8>(repeating: 0, count: Int(crypto_secretbox_KEYBYTES))
    unsafe bytes.withPointer { bytes, count in
      unsafe key.withMutablePointer { key, keyCount in
        _ = unsafe crypto_generichash(key, keyCount, header, UInt64(header.count), bytes, count)
      }
    }
    return key
  }

  /// The 32 bytes of a scalar, in guarded memory.
  private static func encoded(_ scalar: borrowing SecretBlock<Scalar>) -> SecretBlock<UInt8> {
    scalar.withSpan { span in
      let bytes = span[0].encoded()
      return SecretBlock(count: bytes.count) { bytes[$0] }
    }
  }
}
