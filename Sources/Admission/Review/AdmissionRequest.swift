internal import CanonicalBytes
internal import CircuitProofs
internal import MarginRules
internal import Ristretto
public import Solvency

/// A request for admission: a proof, and what it is for.
///
/// Without an order, the proof is of the account's standing: its present commitment meets the rule. With one,
/// it is of the commitment after the whole order at its worst price, in the state `sequence + 1`.
///
/// The proof's nonce is made of the order and of 32 bytes of salt, so that the proof is for this order alone:
///
///     nonce = SHA-256("solvency/request-nonce/v1" ‖ salt ‖ order)
///
/// Where the venue asks with challenges, the salt is the challenge.
public struct AdmissionRequest: Hashable, Sendable {
  /// The proof.
  public let envelope: ProofEnvelope
  /// What the account asks to trade; nil for a proof of standing.
  public let order: Order?
  /// What makes the nonce unique: random, or the venue's challenge.
  public let salt: Nonce

  /// A request of these parts, not checked yet.
  public init(envelope: ProofEnvelope, order: Order? = nil, salt: Nonce) {
    self.envelope = envelope
    self.order = order
    self.salt = salt
  }

  /// The account that the request is for.
  public var account: AccountID { envelope.context.account }

  /// The nonce that a proof for this purpose has.
  public static func nonce(for order: Order?, salt: Nonce) -> Nonce {
    var writer = CanonicalWriter(domain: "solvency/request-nonce/v1")
    writer.append(salt)
    writer.append(order)
    return Nonce(Digest.sha256(of: writer.bytes).value)
  }
}

extension AdmissionRequest {
  private static let domain: StaticString = "solvency/request/v1"
  private static let textLimit = 256
  private static let contextByteLimit = 1 << 10

  /// The request's one encoding, which is kept as the evidence of the decision:
  ///
  ///     domain ‖ suite ‖ circuit's name ‖ context ‖ commitments ‖ proof ‖ salt ‖ order
  public func encoded() -> [UInt8] {
    var writer = CanonicalWriter(domain: Self.domain)
    writer.append(text: Array(envelope.suite.utf8))
    writer.append(text: Array(envelope.circuitName.utf8))
    writer.append(text: envelope.context.encoded())
    writer.append(UInt32(envelope.commitments.count))
    for commitment in envelope.commitments { writer.append(commitment) }
    writer.append(text: envelope.proof.bytes)
    writer.append(salt)
    writer.append(order)
    return writer.bytes
  }

  /// The request that `bytes` encode. Accepts exactly what ``encoded()`` returns.
  ///
  /// - Throws: ``RequestFormatError/malformed``.
  public init(decoding bytes: [UInt8]) throws(RequestFormatError) {
    do {
      var reader = try CanonicalReader(bytes, domain: Self.domain)
      let suite = try reader.string(limit: Self.textLimit)
      let circuitName = try reader.string(limit: Self.textLimit)
      let context = try ProofContext(decoding: try reader.text(limit: Self.contextByteLimit))
      let commitments = try reader.list(limit: ProofEnvelope.commitmentLimit) { reader in
        try reader.point()
      }
      let proof = CircuitProof(bytes: try reader.text(limit: ProofEnvelope.byteLimit))
      let salt = try reader.nonce()
      let order = try reader.flag() ? try reader.order(limit: Self.textLimit) : nil
      try reader.finish()
      self.init(
        envelope: ProofEnvelope(
          suite: suite, circuitName: circuitName, context: context, commitments: commitments,
          proof: proof), order: order, salt: salt)
    } catch {
      throw .malformed
    }
  }
}

/// Why bytes are not a request.
public enum RequestFormatError: Error, Hashable, Sendable {
  /// The bytes are not a request of this version.
  case malformed
}

extension CanonicalWriter {
  /// A byte 0 for no order; or 1 ‖ instrument ‖ side ‖ lots ‖ cash per lot ‖ intent.
  fileprivate mutating func append(_ order: Order?) {
    append(order == nil ? 0 : 1 as UInt8)
    guard let order else { return }
    append(text: Array(order.instrument.utf8))
    append(order.side.rawValue)
    append(order.lots)
    append(UInt64(bitPattern: order.cashPerLot))
    append(order.intent.rawValue)
  }
}

extension CanonicalReader {
  fileprivate mutating func order(limit: Int) throws -> Order {
    let instrument = try string(limit: limit)
    guard let side = Headroom.Side(rawValue: try byte()) else {
      throw CanonicalBytesError.invalidField
    }
    let lots = try uint64()
    let cashPerLot = try int64()
    guard let intent = Order.Intent(rawValue: try byte()) else {
      throw CanonicalBytesError.invalidField
    }
    return Order(
      instrument: instrument, side: side, lots: lots, cashPerLot: cashPerLot, intent: intent)
  }

  fileprivate mutating func string(limit: Int) throws -> String {
    guard let text = String(validating: try text(limit: limit), as: UTF8.self) else {
      throw CanonicalBytesError.invalidField
    }
    return text
  }
}
