public import CanonicalBytes

/// All custodians that keep a part of one account's book, by number and by digest.
///
/// Each of them names the set in what it attests, so that a part cannot be left out: anyone who opens the
/// account needs the word of all, and anyone who holds the word of one that was left out can show it (A55).
public struct CustodianSet: Hashable, Sendable {
  /// Number of custodians, at least 1.
  public let count: UInt32
  /// SHA-256 over a domain, the number and the keys in ascending order of their bytes.
  public let digest: Digest

  /// The set of these keys.
  public init(_ keys: Set<VerificationKey>) {
    count = UInt32(clamping: keys.count)
    var writer = CanonicalWriter(domain: "solvency/custodians/v1")
    writer.append(count)
    for key in keys.map(\.bytes).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      writer.append(fixed: key)
    }
    digest = .sha256(of: writer.bytes)
  }

  /// The number of a custodian among these keys, from 1 in ascending order of their bytes; nil if it is not
  /// one of them.
  public static func number(of key: VerificationKey, among keys: Set<VerificationKey>) -> UInt32? {
    guard keys.contains(key) else { return nil }
    return UInt32(clamping: keys.count { $0.bytes.lexicographicallyPrecedes(key.bytes) } + 1)
  }

  init(_ members: JSONObject) throws(DocumentError) {
    count = UInt32(try members["count"].integer(in: 1...Int64(UInt32.max)))
    let hex = try members["digest"]
    guard let digest = Digest(try hex.bytes(hexOfCount: Digest.byteCount)) else {
      throw hex.failure(.notHexadecimal)
    }
    self.digest = digest
  }

  /// The JSON value of the set.
  public var json: JSONValue { .object(members) }

  var members: [JSONMember] {
    [JSONMember("count", .integer(count)), JSONMember("digest", .hex(digest.bytes))]
  }
}
