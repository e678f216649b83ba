public import CanonicalBytes
public import MarginRules

/// What a proof is bound to besides its statement: which public documents, whose account in which
/// state, for whom, answering what, and when.
///
/// The canonical bytes enter the proof's transcript before its first challenge. They are injective, so
/// a proof for one context is a proof for no other.
public struct ProofContext: Hashable, Sendable {
  /// The circuit, by the digest of its source.
  public let circuit: Digest
  /// The risk snapshot, by the digest of its canonical bytes.
  public let snapshot: Digest
  /// The registry that says which coordinate of the commitment is what.
  public let registry: Digest
  /// Whether the account meets initial or maintenance margin.
  public let kind: MarginKind
  /// On which side of zero a position is shown to be as well; nil if nothing is shown of that.
  public let reduction: Reduction?
  /// The account.
  public let account: AccountID
  /// How many fills the committed book has seen.
  public let sequence: UInt64
  /// Who the proof is for.
  public let audience: Audience
  /// What the audience asked with.
  public let nonce: Nonce
  /// The first moment at which the proof may be used.
  public let issued: Timestamp
  /// The first moment at which it may no longer be used; later than `issued`.
  public let expires: Timestamp

  /// A context of these parts.
  ///
  /// - Throws: ``ProofContextError/emptyWindow`` unless `issued < expires`.
  public init(
    circuit: Digest, snapshot: Digest, registry: Digest, kind: MarginKind, account: AccountID,
    sequence: UInt64, audience: Audience, nonce: Nonce, issued: Timestamp, expires: Timestamp,
    reduction: Reduction? = nil
  ) throws(ProofContextError) {
    guard issued < expires else { throw .emptyWindow }
    self.circuit = circuit
    self.snapshot = snapshot
    self.registry = registry
    self.kind = kind
    self.reduction = reduction
    self.account = account
    self.sequence = sequence
    self.audience = audience
    self.nonce = nonce
    self.issued = issued
    self.expires = expires
  }
}

/// Why parts or bytes are not a context.
public enum ProofContextError: Error, Hashable, Sendable {
  /// The proof would expire before it may be used.
  case emptyWindow
  /// The bytes are not a context of this version.
  case malformed(CanonicalBytesError)
  /// The account or the audience is not a name.
  case invalidName(NameError)
}

extension ProofContext {
  private static let domain: StaticString = "solvency/context/v1"

  /// The context's one encoding:
  ///
  ///     domain ‖ circuit ‖ snapshot ‖ registry ‖ kind (0 initial, 1 maintenance) ‖ account ‖
  ///     sequence ‖ audience ‖ nonce ‖ issued ‖ expires
  ///
  /// With a reduction the kind is 2 or 3 instead, and the side (0 long, 1 short) and the instrument follow
  /// it.
  ///
  /// Domain, account and audience carry their length in four bytes; numbers are eight bytes, little-endian.
  public func encoded() -> [UInt8] {
    var writer = CanonicalWriter(domain: Self.domain)
    writer.reserve(512)
    writer.append(circuit)
    writer.append(snapshot)
    writer.append(registry)
    writer.append(kind.contextByte + (reduction == nil ? 0 : 2))
    if let reduction {
      writer.append(reduction.side == .long ? 0 : 1 as UInt8)
      writer.append(text: Array(reduction.instrument.utf8))
    }
    writer.append(text: account.utf8)
    writer.append(sequence)
    writer.append(text: audience.utf8)
    writer.append(fixed: nonce.bytes)
    writer.append(issued.seconds)
    writer.append(expires.seconds)
    return writer.bytes
  }

  /// The context that `bytes` encode. Accepts exactly what ``encoded()`` returns.
  ///
  /// - Throws: ``ProofContextError``: malformed bytes, a name that is not one, or a window that is empty.
  public init(decoding bytes: [UInt8]) throws(ProofContextError) {
    let fields: Fields
    do throws(CanonicalBytesError) {
      fields = try Fields(bytes)
    } catch {
      throw .malformed(error)
    }
    let account: AccountID
    let audience: Audience
    do throws(NameError) {
      account = try AccountID(utf8: fields.account)
      audience = try Audience(utf8: fields.audience)
    } catch {
      throw .invalidName(error)
    }
    try self.init(
      circuit: fields.circuit, snapshot: fields.snapshot, registry: fields.registry,
      kind: fields.kind, account: account, sequence: fields.sequence, audience: audience,
      nonce: fields.nonce, issued: fields.issued, expires: fields.expires, reduction: fields.reduction)
  }

  /// The fields as they stand in the bytes, names unchecked.
  private struct Fields {
    let circuit, snapshot, registry: Digest
    let kind: MarginKind
    let reduction: Reduction?
    let account: [UInt8]
    let sequence: UInt64
    let audience: [UInt8]
    let nonce: Nonce
    let issued, expires: Timestamp

    init(_ bytes: [UInt8]) throws(CanonicalBytesError) {
      var reader = try CanonicalReader(bytes, domain: ProofContext.domain)
      circuit = try reader.digest()
      snapshot = try reader.digest()
      registry = try reader.digest()
      let kindByte = try reader.byte()
      guard kindByte < 4, let kind = MarginKind(contextByte: kindByte & 1) else { throw .invalidField }
      self.kind = kind
      if kindByte < 2 {
        reduction = nil
      } else {
        let side = try reader.byte()
        guard side < 2,
          let instrument = String(
            validating: try reader.text(limit: Registry.nameByteLimit), as: UTF8.self)
        else { throw .invalidField }
        reduction = Reduction(of: instrument, side: side == 0 ? .long : .short)
      }
      account = try reader.text(limit: AccountID.byteLimit)
      sequence = try reader.uint64()
      audience = try reader.text(limit: Audience.byteLimit)
      nonce = Nonce(try reader.bytes32())
      issued = Timestamp(seconds: try reader.uint64())
      expires = Timestamp(seconds: try reader.uint64())
      try reader.finish()
    }
  }
}

extension MarginKind {
  /// How the kind stands in a context.
  fileprivate var contextByte: UInt8 {
    switch self {
    case .initial: 0
    case .maintenance: 1
    }
  }

  fileprivate init?(contextByte: UInt8) {
    switch contextByte {
    case 0: self = .initial
    case 1: self = .maintenance
    default: return nil
    }
  }
}
