internal import CanonicalBytes
internal import CircuitProofs
internal import MarginRules
internal import Ristretto

/// Reads lines as ``ProofEnvelope/encoded()`` writes them, without a tree of JSON: a day of proofs is such lines.
///
/// It knows one order of members, no spaces, ASCII without escapes, numbers of at most 15 digits and an audience without a
/// ledger. Of any other text it says nothing, and the reader of all texts decides: where both read a line, they read the
/// same.
package struct EnvelopeLine {
  private let bytes: [UInt8]
  private var place = 0

  /// What stands before each value, in the order of the values.
  private static let suiteKey = Array("{\"version\":1,\"suite\":\"".utf8)
  private static let circuitKey = Array("\",\"circuit\":\"".utf8)
  private static let digestKey = Array("\",\"circuitDigest\":\"".utf8)
  private static let snapshotKey = Array("\",\"snapshot\":\"".utf8)
  private static let registryKey = Array("\",\"registry\":\"".utf8)
  private static let kindKey = Array("\",\"kind\":\"".utf8)
  private static let accountKey = Array("\",\"account\":\"".utf8)
  private static let sequenceKey = Array("\",\"sequence\":".utf8)
  private static let commitmentsKey = Array(",\"commitments\":[\"".utf8)
  private static let audienceKey = Array("\"],\"audience\":\"".utf8)
  private static let nonceKey = Array("\",\"nonce\":\"".utf8)
  private static let issuedKey = Array("\",\"issued\":".utf8)
  private static let expiresKey = Array(",\"expires\":".utf8)
  private static let proofKey = Array(",\"proof\":\"".utf8)
  private static let end = Array("\"}".utf8)
  private static let receivedKey = Array("\",\"receivedAt\":".utf8)
  private static let comma = Array("\",\"".utf8)
  private static let textLimit = 128

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The envelope, and the member `receivedAt` if one follows; nil for a line of any other form.
  package static func read(_ bytes: [UInt8]) -> (envelope: ProofEnvelope, receivedAt: UInt64?)? {
    guard bytes.count <= ProofEnvelope.byteLimit else { return nil }
    var line = EnvelopeLine(bytes)
    return line.read()
  }

  private mutating func read() -> (envelope: ProofEnvelope, receivedAt: UInt64?)? {
    guard skip(Self.suiteKey), let suite = text(), skip(Self.circuitKey), let circuitName = text(),
      skip(Self.digestKey), let circuit = bytes32(), skip(Self.snapshotKey), let snapshot = bytes32(),
      skip(Self.registryKey), let registry = bytes32(), skip(Self.kindKey), let kindName = text(),
      let kind = MarginKind(rawValue: kindName), skip(Self.accountKey), let accountName = text(),
      let account = try? AccountID(accountName), skip(Self.sequenceKey), let sequence = number(),
      skip(Self.commitmentsKey), let commitments = points(), skip(Self.audienceKey),
      let audienceName = text(),
      let audience = try? Audience(audienceName), skip(Self.nonceKey), let nonce = bytes32(),
      skip(Self.issuedKey),
      let issued = number(), skip(Self.expiresKey), let expires = number(), skip(Self.proofKey),
      let proof = base64()
    else { return nil }
    var receivedAt: UInt64?
    if skip(Self.receivedKey) {
      guard let moment = number(), place == bytes.count - 1, bytes[place] == UInt8(ascii: "}") else {
        return nil
      }
      receivedAt = moment
    } else {
      guard skip(Self.end), place == bytes.count else { return nil }
    }
    guard
      let context = try? ProofContext(
        circuit: Digest(circuit), snapshot: Digest(snapshot), registry: Digest(registry), kind: kind,
        account: account, sequence: sequence, audience: audience, nonce: Nonce(nonce),
        issued: Timestamp(seconds: issued), expires: Timestamp(seconds: expires), reduction: nil)
    else { return nil }
    return (
      ProofEnvelope(
        suite: suite, circuitName: circuitName, context: context, commitments: commitments,
        proof: CircuitProof(bytes: proof)), receivedAt
    )
  }

  /// Goes past a text that stands here; stays where it is if another does.
  private mutating func skip(_ text: [UInt8]) -> Bool {
    guard text.count <= bytes.count - place else { return false }
    for index in text.indices where bytes[place + index] != text[index] { return false }
    place += text.count
    return true
  }

  /// Printable ASCII up to a quotation mark.
  private mutating func text() -> String? {
    let start = place
    while place < bytes.count, place - start <= Self.textLimit {
      switch bytes[place] {
      case UInt8(ascii: "\""):
        return place > start ? String(decoding: bytes[start..<place], as: UTF8.self) : nil
      case UInt8(ascii: "\\"), ..<0x20, 0x7F...: return nil
      default: place += 1
      }
    }
    return nil
  }

  /// A whole number of at most 15 digits, without leading zeros.
  private mutating func number() -> UInt64? {
    let start = place
    var value: UInt64 = 0
    while place < bytes.count, place - start < 15,
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[place])
    {
      value = 10 * value + UInt64(bytes[place] - UInt8(ascii: "0"))
      place += 1
    }
    guard place > start, bytes[start] != UInt8(ascii: "0") || place == start + 1 else { return nil }
    return value
  }

  private mutating func bytes32() -> Bytes32? {
    guard let found = Bytes32(hexadecimal: bytes.span, from: place) else { return nil }
    place += 2 * Bytes32.byteCount
    return found
  }

  /// One point or more, each in quotation marks of which the first and the last are not read.
  private mutating func points() -> [EncodedPoint]? {
    var points: [EncodedPoint] = []
    repeat {
      guard points.count < ProofEnvelope.commitmentLimit, let point = bytes32(),
        let encoded = try? EncodedPoint(point.bytes)
      else { return nil }
      points.append(encoded)
    } while isList && skip(Self.comma)
    return points
  }

  /// Whether another point follows, rather than the end of the list.
  private var isList: Bool { place + 1 < bytes.count && bytes[place + 1] == UInt8(ascii: ",") }

  /// Base 64 up to a quotation mark, with padding, unused bits zero.
  private mutating func base64() -> [UInt8]? {
    var found: [UInt8] = []
    found.reserveCapacity((bytes.count - place) / 4 * 3)
    while place + 4 <= bytes.count {
      if bytes[place] == UInt8(ascii: "\"") { return found }
      let digits = (
        Self.digits[Int(bytes[place])], Self.digits[Int(bytes[place + 1])],
        Self.digits[Int(bytes[place + 2])],
        Self.digits[Int(bytes[place + 3])]
      )
      guard digits.0 < 64, digits.1 < 64 else { return nil }
      found.append(digits.0 << 2 | digits.1 >> 4)
      place += 4
      if digits.2 < 64 {
        found.append(digits.1 << 4 | digits.2 >> 2)
        if digits.3 < 64 {
          found.append(digits.2 << 6 | digits.3)
          continue
        }
        guard bytes[place - 1] == UInt8(ascii: "="), digits.2 & 3 == 0 else { return nil }
      } else {
        guard bytes[place - 2] == UInt8(ascii: "="), bytes[place - 1] == UInt8(ascii: "="), digits.1 & 15 == 0
        else {
          return nil
        }
      }
      // Nothing follows padding.
      guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else { return nil }
    }
    return place < bytes.count && bytes[place] == UInt8(ascii: "\"") ? found : nil
  }

  /// What each byte is worth as a digit; 255 where it is not one.
  private static let digits: [UInt8] = {
    var digits = [UInt8](repeating: 255, count: 256)
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    for (value, byte) in alphabet.utf8.enumerated() { digits[Int(byte)] = UInt8(value) }
    return digits
  }()
}
