internal import CanonicalBytes
public import Ristretto

/// A byte string that fixes an unbounded list of generators without known relations.
///
///     U          value generator
///     R₁ … R₇    blinding-slot generators; R₁ blinds account commitments
///     H₁ …       account generators, one per coordinate
///     G₁ …       norm generators
///
///     Gen(kind, i) = RistrettoFromUniform(SHA-512(
///         "bppp-polytope-v1/generator/" ‖ le32(len(suite)) ‖ suite ‖ kind ‖ le32(i)))
///
/// with U = Gen("U", 0) and the others counted from 1 (protocol 2).
public struct GeneratorSuite: Hashable, Sendable {
  /// The name that the derived generators are hashed from.
  public let name: [UInt8]
  /// R₁ and H₁ … H_n if they come from elsewhere.
  let external: ExternalGenerators?

  /// The suite `default`.
  public static let standard = GeneratorSuite(named: "default")

  /// A suite whose generators are all derived from `name`.
  public init(named name: String) {
    self.name = Array(name.utf8)
    external = nil
  }

  /// A suite over the account generators of another system: R₁ = `blinding`, H_m = `account[m−1]`;
  /// U, R₂ … R₇ and the G_i are derived from the hash of both.
  ///
  /// Nobody may know a relation between the points given: that cannot be checked.
  ///
  /// - Throws: ``GeneratorError`` if a point does not decode, is the identity, or coincides with
  ///   another.
  public init(blinding: EncodedPoint, account: [EncodedPoint]) throws(GeneratorError) {
    let all = [blinding] + account
    guard Set(all).count == all.count else { throw .coincidence }
    var points: [Point] = []
    for (index, encoding) in all.enumerated() {
      do throws(DecodingError) {
        points.append(try encoding.decoded())
      } catch {
        throw .undecodable(index: index, error)
      }
      guard !points[index].isIdentity else { throw .identity(index: index) }
    }
    var preimage = Array("bppp-polytope-v1/external".utf8)
    preimage.append(littleEndian: UInt32(account.count))
    for encoding in all { preimage += encoding.bytes }
    name = SHA512.hash(preimage)
    external = ExternalGenerators(blinding: points[0], account: Array(points.dropFirst()))
  }

  /// `Gen(kind, index)` for each index, in lanes where they serve.
  func derive(_ kind: String, _ indices: Range<Int>) -> [Point] {
    var prefix = Array("bppp-polytope-v1/generator/".utf8)
    prefix.append(littleEndian: UInt32(name.count))
    prefix += name
    prefix += Array(kind.utf8)
    var uniform: [UInt8] = []
    uniform.reserveCapacity(Point.uniformByteCount * indices.count)
    for index in indices {
      var preimage = prefix
      preimage.append(littleEndian: UInt32(index))
      uniform += SHA512.hash(preimage)
    }
    return Point.derived(fromUniformBytes: uniform)
  }
}

/// Account generators that were fixed outside this library.
struct ExternalGenerators: Hashable, Sendable {
  let blinding: Point
  let account: [Point]

  static func == (a: ExternalGenerators, b: ExternalGenerators) -> Bool {
    a.blinding == b.blinding && a.account == b.account
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(blinding.encoded())
    hasher.combine(account.count)
  }
}

/// Why generators cannot be had.
public enum GeneratorError: Error, Hashable, Sendable {
  /// The point at this index (0 is R₁, then H₁ …) does not decode.
  case undecodable(index: Int, DecodingError)
  /// The point at this index is the identity.
  case identity(index: Int)
  /// Two generators are the same point.
  case coincidence
  /// The suite was given this many account generators and more are asked for.
  case tooFewAccountGenerators(available: Int, needed: Int)
}

extension GeneratorError: CustomStringConvertible {
  /// What is wrong, in words.
  public var description: String {
    switch self {
    case .undecodable(let index, _): "generator \(index) does not decode"
    case .identity(let index): "generator \(index) is the identity"
    case .coincidence: "two generators are the same point"
    case .tooFewAccountGenerators(let available, let needed):
      "\(needed) generators are needed for coordinates, and the suite has \(available)"
    }
  }
}
