public import CanonicalBytes
public import CircuitLanguage
internal import ExactIntegers
internal import MarginRules
public import Solvency

/// The band of an account's rank in the queue of deleveraging, and of what it holds on the winning side.
///
/// Gains count from a published mark, so that the profit of a lot is the same for all who are on its side and
/// the rank
///
///     rank = profit·leverage,   profit = gain per lot/reference mark,   leverage = gross value/equity
///
/// is a statement about the committed book alone. Anyone who proves that its rank is at most the edge b
/// stands behind everybody of a higher edge; anyone who proves nothing stands first. What is held is known to
/// a factor of two: band k says 2ᵏ⁻¹ ≤ lots < 2ᵏ, and no more than 2ᵏ⁻¹ lots are closed, so that nobody is
/// closed against for more than it has.
public struct DeleveragingBand: Hashable, Sendable {
  /// The largest edge and the largest gain, in ppm.
  public static let edgeLimit: Int64 = 1_000_000_000_000
  /// The largest band of sizes: up to 2⁴⁰ − 1 lots.
  public static let sizeLimit: UInt8 = 40

  /// Which edge of the rules, from 0.
  public let rank: UInt8
  /// 0: nothing is held on the winning side; k: 2ᵏ⁻¹ lots or more, and less than 2ᵏ.
  public let size: UInt8

  /// A band; nil for a size that there is not.
  public init?(rank: UInt8, size: UInt8) {
    guard size <= Self.sizeLimit else { return nil }
    (self.rank, self.size) = (rank, size)
  }

  /// The band of a book in plain numbers; nil for one that is beyond the last edge, or has no equity.
  ///
  /// - Parameters:
  ///   - held: lots on the winning side; less than zero on the other.
  ///   - gross: the value of all positions at the higher marks, in quanta.
  ///   - edges: the upper edges of the ranks.
  public init?(held: Int64, gross: Int128, equity: Int128, gainPpm: Int64, edges: [Int64]) {
    let (risk, overflow) = gross.multipliedReportingOverflow(by: Int128(gainPpm))
    guard !overflow,
      let rank = edges.firstIndex(where: { edge in
        let (room, isVast) = equity.multipliedReportingOverflow(by: Int128(edge))
        return isVast ? equity > 0 : risk <= room
      })
    else { return nil }
    self.init(rank: UInt8(rank), size: held <= 0 ? 0 : UInt8(Int64.bitWidth - held.leadingZeroBitCount))
  }

  /// The most lots that are closed against an account of this band.
  public var lots: Int64 { size == 0 ? 0 : 1 << (Int64(size) - 1) }

  /// The circuit that proves the band: the shipped one with its numbers chosen.
  ///
  /// - Parameters:
  ///   - place: the instrument's place in the snapshot.
  ///   - edges: the upper edges of the ranks.
  /// - Returns: nil for numbers that the circuit does not take.
  public func circuit(place: Int, isLong: Bool, gainPpm: Int64, edges: [Int64]) -> Circuit? {
    guard edges.indices.contains(Int(rank)), let shipped = Self.shipped else { return nil }
    let most: Int64 = size == 0 ? 0 : (1 << Int64(size)) - 1
    return try? shipped.binding([
      "place": Integer(Int64(place)), "winning_long": isLong ? 1 : 0, "gain": Integer(gainPpm),
      "edge": Integer(edges[Int(rank)]), "least": Integer(size == 0 ? -(1 << 40) : lots),
      "most": Integer(most),
    ])
  }

  /// The name of the file that circuits of bands are made from.
  public static let circuitName = "deleveraging-band"

  private static let shipped: Circuit? =
    BuiltInCircuits.sources.first { $0.name == circuitName }.flatMap {
      try? Circuit(parsing: $0.text, named: "\($0.name).circuit")
    }

  /// What a proof of a band answers: the nonce of a call.
  ///
  ///     SHA-256("solvency/deleveraging-call/v1" ‖ ledger ‖ index of the call's entry)
  public static func nonce(ledger: Digest, call index: UInt64) -> Nonce {
    var writer = CanonicalWriter(domain: "solvency/deleveraging-call/v1")
    writer.append(ledger)
    writer.append(index)
    return Nonce(Digest.sha256(of: writer.bytes).value)
  }
}

/// An account's answer to a call: its band, and the proof.
///
///     {"version": 1, "liquidated": "desk-7", "rank": 3, "size": 12, "proof": <what proof.json holds>}
public struct DeleveragingAnswer: Hashable, Sendable {
  /// The largest document that is read, in bytes.
  public static let byteLimit = ProofEnvelope.byteLimit + (1 << 12)
  private static let version: Int64 = 1

  /// The account that is closed.
  public let liquidated: AccountID
  /// The band.
  public let band: DeleveragingBand
  /// The proof.
  public let envelope: ProofEnvelope

  /// An answer of these parts.
  public init(to liquidated: AccountID, band: DeleveragingBand, envelope: ProofEnvelope) {
    (self.liquidated, self.band, self.envelope) = (liquidated, band, envelope)
  }

  /// Reads a document.
  ///
  /// - Throws: `DocumentError` or `FileError`.
  public init(decoding bytes: [UInt8]) throws {
    let node = try JSONDocument.parse(bytes, maximumBytes: Self.byteLimit)
    let members = try node.object(version: Self.version, required: ["liquidated", "rank", "size", "proof"])
    liquidated = try members["liquidated"].accountID()
    let size = UInt8(try members["size"].integer(in: 0...Int64(DeleveragingBand.sizeLimit)))
    let rank = UInt8(try members["rank"].integer(in: 0...Int64(LiquidationRules.rankLimit - 1)))
    guard let band = DeleveragingBand(rank: rank, size: size) else { throw CanonicalBytesError.invalidField }
    self.band = band
    envelope = try ProofEnvelope(members["proof"])
  }

  /// The document.
  public func encoded() -> [UInt8] {
    let json: JSONValue = [
      "version": .integer(Self.version), "liquidated": .string(liquidated.description),
      "rank": .integer(band.rank), "size": .integer(band.size), "proof": envelope.json,
    ]
    return json.encoded()
  }
}
