internal import CSodium
internal import Ristretto
internal import Solvency

/// Shares of one package being put together until there are enough to open it.
public struct EscrowRecovery: ~Copyable, Sendable {
  private let package: EscrowPackage
  private var members: [Int] = []
  private var shares: SecretBlock<Scalar>

  /// How many shares are still needed.
  public var missing: Int { package.threshold - members.count }

  /// Begins with no shares.
  public init(of package: EscrowPackage) {
    self.package = package
    shares = SecretBlock(repeating: .zero, count: package.threshold)
  }

  /// Adds a share after checking it. Shares beyond the threshold are checked and not needed.
  ///
  /// - Throws: ``EscrowError/repeatedShare(member:)``, ``EscrowError/wrongShare(member:)`` or
  ///   ``EscrowError/foreignShare``; the shares that were there stay.
  public mutating func add(_ share: borrowing EscrowShare) throws(EscrowError) {
    try package.check(share)
    guard !members.contains(share.member) else { throw .repeatedShare(member: share.member) }
    guard missing > 0 else { return }
    shares[members.count] = share.value.withSpan { $0[0] }
    members.append(share.member)
  }

  /// Opens the package.
  ///
  /// - Throws: ``EscrowError/tooFewShares(needed:have:)``, ``EscrowError/tampered``, or
  ///   ``EscrowError/opening(_:)`` when what was sealed does not open the package's commitment.
  public consuming func opening() throws(EscrowError) -> AccountOpening {
    guard missing == 0 else {
      throw .tooFewShares(needed: package.threshold, have: members.count)
    }
    guard let secret = try? SharedSecret.recovered(from: shares, of: members) else {
      throw .tampered
    }
    let opening = try Self.decrypt(package, with: EscrowPackage.key(secret, package.header))
    do throws(OpeningError) {
      try opening.check(against: package.account)
    } catch {
      throw .opening(error)
    }
    return opening
  }

  private static func decrypt(
    _ package: EscrowPackage, with key: consuming SecretBlock<UInt8>
  ) throws(EscrowError) -> AccountOpening {
    let contents = package.contents
    guard contents.count > EscrowPackage.tagByteCount else { throw .tampered }
    var plaintext = SecretBlock<UInt8>(
      repeating: 0, count: contents.count - EscrowPackage.tagByteCount)
    let status = unsafe plaintext.withMutablePointer { plaintext, _ in
      unsafe key.withPointer { key, _ in
        unsafe crypto_secretbox_open_easy(
          plaintext, contents, UInt64(contents.count), package.nonce, key)
      }
    }
    guard status == 0, let opening = try? OpeningPayload.decode(plaintext) else { throw .tampered }
    return opening
  }
}
