internal import CanonicalBytes

/// A hash in a log's Merkle tree: 32 bytes of SHA-256.
///
///     leaf  = SHA-256(0x00 ‖ entry)
///     inner = SHA-256(0x01 ‖ left ‖ right)
///     empty = SHA-256()
///
/// - SeeAlso: RFC 6962, section 2.1; RFC 9162, section 2.1.1.
public struct MerkleHash: Hashable, Sendable, CustomStringConvertible {
  /// Number of bytes.
  public static let byteCount = 32
  /// The root of the tree without entries.
  public static let empty = MerkleHash(lanes: SIMD32(SHA256.digest(of: []).bytes))

  private var lanes: SIMD32<UInt8>

  /// The hash of these bytes, if there are 32 of them.
  public init?(_ bytes: some Collection<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    lanes = SIMD32(bytes)
  }

  private init(lanes: SIMD32<UInt8>) { self.lanes = lanes }

  private init(_ hash: RunningSHA256) {
    var lanes = SIMD32<UInt8>()
    unsafe withUnsafeMutablePointer(to: &lanes) { unsafe hash.write(to: UnsafeMutableRawPointer($0)) }
    self.lanes = lanes
  }

  /// The hash of an entry.
  public static func leaf(_ entry: [UInt8]) -> MerkleHash {
    var hash = RunningSHA256()
    hash.update([0x00])
    hash.update(entry)
    return MerkleHash(hash)
  }

  /// The hash of two subtrees.
  public static func node(_ left: MerkleHash, _ right: MerkleHash) -> MerkleHash {
    var hash = RunningSHA256()
    unsafe withUnsafeTemporaryAllocation(byteCount: 65, alignment: 1) { message in
      guard let start = message.baseAddress else { return }
      unsafe start.storeBytes(of: 0x01, as: UInt8.self)
      unsafe start.storeBytes(of: left.lanes, toByteOffset: 1, as: SIMD32<UInt8>.self)
      unsafe start.storeBytes(of: right.lanes, toByteOffset: 33, as: SIMD32<UInt8>.self)
      unsafe hash.update(UnsafeRawBufferPointer(message))
    }
    return MerkleHash(hash)
  }

  /// The bytes.
  public var bytes: [UInt8] { (0..<Self.byteCount).map { lanes[$0] } }

  /// Adds the bytes to the end of others.
  func append(to bytes: inout [UInt8]) {
    unsafe withUnsafeBytes(of: lanes) { unsafe bytes.append(contentsOf: $0) }
  }

  /// Adds the bytes in base 64 to the end of a text.
  func append(base64To text: inout [UInt8]) {
    unsafe withUnsafeBytes(of: lanes) { bytes in
      Base64.append(unsafe bytes.bindMemory(to: UInt8.self).span, to: &text)
    }
  }

  /// As a checkpoint writes it: in base 64.
  public var description: String { String(decoding: Base64.encode(bytes), as: UTF8.self) }

  /// The hash that a text in base 64 stands for.
  init?(base64 text: ArraySlice<UInt8>) {
    guard text.count == 44, let bytes = Base64.decode(text) else { return nil }
    self.init(bytes)
  }

  /// The hash written in base 64, with padding, in the one canonical way; nil if the text is not that.
  public init?(_ text: String) { self.init(base64: Array(text.utf8)[...]) }

  /// The root over complete subtrees of descending size, which together are a tree.
  static func root(over subtrees: some BidirectionalCollection<MerkleHash>) -> MerkleHash {
    guard let last = subtrees.last else { return .empty }
    return subtrees.dropLast().reversed().reduce(last) { .node($1, $0) }
  }
}

/// How many entries a log has, and the root over them.
public struct TreeHead: Hashable, Sendable {
  /// The most entries that a log can have: 2⁶³ − 1.
  public static let sizeLimit = Digits.limit
  /// The head of an empty log.
  public static let empty = TreeHead(size: 0, root: .empty)

  /// Number of entries, at most ``sizeLimit``.
  public let size: UInt64
  /// The root hash.
  public let root: MerkleHash

  /// A head of these parts.
  ///
  /// - Precondition: `size` is at most ``sizeLimit``.
  public init(size: UInt64, root: MerkleHash) {
    precondition(size <= Self.sizeLimit, "a log has at most 2⁶³ − 1 entries")
    self.size = size
    self.root = root
  }
}
