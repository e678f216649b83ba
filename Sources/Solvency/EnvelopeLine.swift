internal import CanonicalBytes
internal import CircuitProofs
internal import MarginRules
internal import Ristretto

/// Reads lines as ``ProofEnvelope/encoded()`` writes them, without a tree of JSON: a day of proofs is such
/// lines.
///
/// It knows what ``JSONLineCursor`` does, and no reduction. Of any other text it says nothing, and the reader
/// of all texts decides: where both read a line, they read the same.
package enum EnvelopeLine {
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
  private static let audienceKey = Array("\"],\"audience\":".utf8)
  private static let nonceKey = Array(",\"nonce\":\"".utf8)
  private static let issuedKey = Array("\",\"issued\":".utf8)
  private static let expiresKey = Array(",\"expires\":".utf8)
  private static let proofKey = Array(",\"proof\":\"".utf8)
  private static let receivedKey = Array(",\"receivedAt\":".utf8)

  private static let quote = Array("\"".utf8)
  private static let comma = Array("\",\"".utf8)
  private static let end = Array("}".utf8)

  /// An audience that keeps a ledger.
  private static let audienceNameKey = Array("{\"name\":\"".utf8)
  private static let ledgerKey = Array("\",\"ledger\":\"".utf8)
  private static let audienceEnd = Array("\"}".utf8)

  /// The envelope, and the member `receivedAt` if one follows; nil for a line of any other form.
  package static func read(_ bytes: [UInt8]) -> (envelope: ProofEnvelope, receivedAt: UInt64?)? {
    guard bytes.count <= ProofEnvelope.byteLimit else { return nil }
    var line = JSONLineCursor(bytes)
    guard let envelope = members(&line) else { return nil }
    var receivedAt: UInt64?
    if line.skip(receivedKey) {
      guard let moment = line.number() else { return nil }
      receivedAt = moment
    }
    guard line.skip(end), line.isAtEnd else { return nil }
    return (envelope, receivedAt)
  }

  /// An envelope that is a value in a line, which goes on after it.
  package static func value(_ line: inout JSONLineCursor) -> ProofEnvelope? {
    guard let envelope = members(&line), line.skip(end) else { return nil }
    return envelope
  }

  /// An envelope's members, from its opening brace on, without the closing one.
  private static func members(_ line: inout JSONLineCursor) -> ProofEnvelope? {
    guard line.skip(suiteKey), let suite = line.text(), line.skip(circuitKey), let circuitName = line.text(),
      line.skip(digestKey), let circuit = line.bytes32(), line.skip(snapshotKey),
      let snapshot = line.bytes32(),
      line.skip(registryKey), let registry = line.bytes32(), line.skip(kindKey), let kindName = line.text(),
      let kind = MarginKind(rawValue: string(kindName)), line.skip(accountKey), let accountName = line.text(),
      let account = try? AccountID(utf8: accountName), line.skip(sequenceKey), let sequence = line.number(),
      line.skip(commitmentsKey), let commitments = points(&line), line.skip(audienceKey),
      let audience = audience(&line), line.skip(nonceKey), let nonce = line.bytes32(), line.skip(issuedKey),
      let issued = line.number(), line.skip(expiresKey), let expires = line.number(), line.skip(proofKey),
      let proof = line.base64(), line.skip(quote)
    else { return nil }
    guard
      let context = try? ProofContext(
        circuit: Digest(circuit), snapshot: Digest(snapshot), registry: Digest(registry), kind: kind,
        account: account, sequence: sequence, audience: audience, nonce: Nonce(nonce),
        issued: Timestamp(seconds: issued), expires: Timestamp(seconds: expires), reduction: nil)
    else { return nil }
    return ProofEnvelope(
      suite: string(suite), circuitName: string(circuitName), context: context, commitments: commitments,
      proof: CircuitProof(bytes: proof))
  }

  private static func string(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  /// A name, or a name and a ledger.
  private static func audience(_ line: inout JSONLineCursor) -> Audience? {
    if line.skip(quote) {
      guard let name = line.text(), line.skip(quote) else { return nil }
      return try? Audience(string(name))
    }
    guard line.skip(audienceNameKey), let name = line.text(), line.skip(ledgerKey),
      let ledger = line.bytes32(), line.skip(audienceEnd)
    else { return nil }
    return try? Audience(string(name), ledger: Digest(ledger))
  }

  /// One point or more, each in quotation marks of which the first and the last are not read.
  private static func points(_ line: inout JSONLineCursor) -> [EncodedPoint]? {
    var points: [EncodedPoint] = []
    repeat {
      guard points.count < ProofEnvelope.commitmentLimit, let point = line.bytes32(),
        let encoded = try? EncodedPoint(point.bytes)
      else { return nil }
      points.append(encoded)
    } while line.skip(comma)
    return points
  }
}
