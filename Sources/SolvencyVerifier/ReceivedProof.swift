internal import CanonicalBytes
public import Solvency

/// At which moment a proof is judged: its window, and the validity of its snapshot, are compared with it.
public enum JudgedMoment: String, CaseIterable, Hashable, Sendable {
  /// ``Expectations/now``, the same for all: for anyone who decides now.
  case now
  /// The moment at which the proof begins to be usable, for an audit afterwards. It is in the proof's
  /// transcript and its maker's own word: that the proof was there at that moment is not shown.
  case issued
  /// The moment at which the auditor's own side received it, which stands beside the proof.
  case received
}

/// A proof and when it was received.
public struct ReceivedProof: Hashable, Sendable {
  /// The proof.
  public let envelope: ProofEnvelope
  /// When it was received, by the receiver's clock; `nil` where nothing says so.
  public let receivedAt: Timestamp?

  /// A proof with these parts.
  public init(_ envelope: ProofEnvelope, receivedAt: Timestamp? = nil) {
    self.envelope = envelope
    self.receivedAt = receivedAt
  }

  /// The member of a line that says when its proof was received, in seconds since 1970.
  public static let receivedAtKey = "receivedAt"

  /// Reads an envelope with the member `receivedAt` beside its own, such as a service appends to what it
  /// received:
  ///
  ///     {"version": 1, …, "proof": "…", "receivedAt": 1770326978}
  ///
  /// - Throws: as ``Solvency/ProofEnvelope/init(decoding:)``, which also reads what has no such member.
  public init(decoding bytes: [UInt8]) throws(FileError) {
    if let line = EnvelopeLine.read(bytes) {
      self.init(line.envelope, receivedAt: line.receivedAt.map { Timestamp(seconds: $0) })
      return
    }
    let envelope: JSONNode
    let receivedAt: Timestamp?
    do throws(DocumentError) {
      let node = try JSONDocument.parse(bytes, maximumBytes: ProofEnvelope.byteLimit)
      (envelope, receivedAt) = try Self.parts(of: node)
    } catch {
      throw FileError(error)
    }
    self.init(try ProofEnvelope(envelope), receivedAt: receivedAt)
  }

  /// The envelope without the member that is not its own.
  private static func parts(of node: JSONNode) throws(DocumentError) -> (JSONNode, Timestamp?) {
    guard case .object(let members) = node.value,
      let stated = members.first(where: { $0.key == receivedAtKey })
    else { return (node, nil) }
    let moment = try JSONNode(stated.value, at: node.path.appending(stated.key)).unsigned()
    let rest = members.filter { $0.key != receivedAtKey }
    return (JSONNode(.object(rest), at: node.path), Timestamp(seconds: moment))
  }

  /// The moment at which the proof is judged; `nil` where nothing says it.
  func moment(of expectations: Expectations) -> Timestamp? {
    switch expectations.moment {
    case .now: expectations.now
    case .issued: envelope.context.issued
    case .received: receivedAt
    }
  }
}
