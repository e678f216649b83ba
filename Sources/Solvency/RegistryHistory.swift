public import CanonicalBytes

/// A list of coordinates and the shorter lists that it grew from, each the beginning of the next.
///
///     {"version": 1, "names": ["cash", "position/BTC-PERP", …],
///      "steps": [{"count": 16, "digest": <64 hex digits>}, …]}
///
/// The last step is the whole list. A digest is computed from the names before it is believed.
public struct RegistryHistory {
  /// The largest file that is read, in bytes.
  public static let fileByteLimit = 4 << 20
  private static let version: Int64 = 1

  /// Shortest first; at least one.
  public let steps: [Registry]
  /// The longest.
  public let current: Registry

  /// A list that has not grown.
  public init(_ registry: Registry) {
    steps = [registry]
    current = registry
  }

  private init(steps: [Registry], current: Registry) {
    self.steps = steps
    self.current = current
  }

  /// The list with those of these names appended that it lacks.
  ///
  /// - Throws: ``RegistryError`` for names that a list cannot have.
  public func grown(by names: [String]) throws(RegistryError) -> RegistryHistory {
    let missing = names.filter { current.index(of: $0) == nil }
    guard !missing.isEmpty else { return self }
    let longer = try Registry(names: current.names + missing)
    return RegistryHistory(steps: steps + [longer], current: longer)
  }

  /// The step of this digest.
  public func step(_ digest: Digest) -> Registry? { steps.first { $0.digest == digest } }

  /// The list as a file.
  public var json: JSONValue {
    [
      "version": .integer(Self.version), "names": .array(current.names.map { .string($0) }),
      "steps": .array(
        steps.map { ["count": .integer($0.count), "digest": .string($0.digest.description)] }),
    ]
  }

  /// Reads a file.
  ///
  /// - Throws: ``RegistryFileError``, or `DocumentError` and ``RegistryError`` for what is malformed.
  public init(decoding file: [UInt8]) throws {
    let root = try JSONDocument.parse(file, maximumBytes: Self.fileByteLimit)
    let members = try root.object(version: Self.version, required: ["names", "steps"])
    let names = try members["names"].array(maximumCount: Registry.countLimit).map {
      try $0.string(maximumLength: Registry.nameByteLimit)
    }
    var steps: [Registry] = []
    for node in try members["steps"].array(maximumCount: Registry.countLimit) {
      let step = try node.object(required: ["count", "digest"])
      let least = Int64(steps.last?.count ?? 0) + 1
      let count = try step["count"].integer(in: least...max(least, Int64(names.count)))
      let registry = try Registry(names: Array(names.prefix(Int(count))))
      let digest = try step["digest"]
      guard try digest.bytes(hexOfCount: Digest.byteCount) == registry.digest.bytes else {
        throw RegistryFileError.otherDigest(count: registry.count)
      }
      steps.append(registry)
    }
    guard let current = steps.last, current.count == names.count else {
      throw RegistryFileError.incomplete
    }
    self.init(steps: steps, current: current)
  }
}

/// Why a file holds no list of coordinates.
public enum RegistryFileError: Error, Hashable {
  /// The digest of the first `count` names differs.
  case otherDigest(count: Int)
  /// The last step is not the whole list.
  case incomplete
}

extension RegistryFileError: CustomStringConvertible {
  /// What is wrong, in words.
  public var description: String {
    switch self {
    case .otherDigest(let count): "its first \(count) names have another digest than the file states"
    case .incomplete: "its last step is not the whole list"
    }
  }
}
