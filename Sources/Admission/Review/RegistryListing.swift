internal import CanonicalBytes
internal import MarginRules
public import Solvency

extension Registry {
  private static let listingDomain: StaticString = "solvency/registry/v1"

  /// The list of names in the form whose SHA-256 is the registry's digest: domain, number of names, and the
  /// names, each with its length.
  public var listing: [UInt8] {
    var writer = CanonicalWriter(domain: Self.listingDomain)
    writer.append(UInt32(names.count))
    for name in names { writer.append(text: Array(name.utf8)) }
    return writer.bytes
  }

  /// The registry that a listing is of.
  ///
  /// - Throws: ``ListingError/malformed`` for bytes that ``listing`` does not return.
  public init(listing bytes: [UInt8]) throws(ListingError) {
    do {
      var reader = try CanonicalReader(bytes, domain: Self.listingDomain)
      let names = try reader.list(limit: Self.countLimit) { reader in
        String(decoding: try reader.text(limit: Self.nameByteLimit), as: UTF8.self)
      }
      try reader.finish()
      try self.init(names: names)
    } catch {
      throw .malformed
    }
    // The same bytes, then: names of a registry are ASCII.
    guard digest == .sha256(of: bytes) else { throw .malformed }
  }
}

/// Why bytes list no registry.
public enum ListingError: Error, Hashable, Sendable {
  /// The bytes are not a listing of this version.
  case malformed
}
