public import CanonicalBytes
public import Liquidation
public import Solvency

/// What a liquidator signs: it takes up to a number of lots of a case's leg as soon as the auction asks no
/// more than its limit.
public struct LiquidationBid: Signable {
  /// The key that the venue lists for the bidder signs it.
  public static let signer = SignerRole.trader
  /// What it is called in files.
  public static let kind = "liquidation bid"

  /// The ledger of the case.
  public let venue: Audience
  /// The account that is closed.
  public let account: AccountID
  /// The state in which its case was opened: which of its cases this is.
  public let sequence: UInt64
  /// What is auctioned: "position/BTC-PERP", "holding/BTC", "debt/USDT".
  public let leg: String
  /// The bidder's account, and the terms of the bid.
  public let bid: AuctionBid

  /// A bid of these parts.
  public init(venue: Audience, account: AccountID, sequence: UInt64, leg: String, bid: AuctionBid) {
    (self.venue, self.account, self.sequence, self.leg, self.bid) = (venue, account, sequence, leg, bid)
  }

  /// Every field, after a domain of its own.
  public var canonicalBytes: [UInt8] {
    var writer = CanonicalWriter(domain: "solvency/liquidation-bid/v1")
    writer.append(text: venue.utf8)
    writer.append(text: account.utf8)
    writer.append(sequence)
    writer.append(text: Array(leg.utf8))
    writer.append(text: Array(bid.bidder.utf8))
    writer.append(bid.number)
    for value in [bid.limit, bid.lots, bid.placed] { writer.append(UInt64(bitPattern: value)) }
    return writer.bytes
  }

  /// The content as it stands in a file.
  public var json: JSONValue {
    [
      "version": .integer(VersionedFile.version), "venue": venue.json,
      "account": .string(account.description), "sequence": .integer(sequence), "leg": .string(leg),
      "bidder": .string(bid.bidder), "number": .integer(bid.number), "limit": .integer(bid.limit),
      "lots": .integer(bid.lots), "placed": .integer(bid.placed),
    ]
  }

  /// Reads the content as it stands in a file.
  ///
  /// - Throws: ``FileError``.
  public init(_ node: JSONNode) throws(FileError) {
    let file = try VersionedFile(
      node,
      keys: ["venue", "account", "sequence", "leg", "bidder", "number", "limit", "lots", "placed"])
    venue = try file.audience("venue")
    account = try file.account("account")
    sequence = try file.word("sequence")
    leg = try file.read("leg") { node throws(DocumentError) in
      try node.string(maximumLength: Registry.nameByteLimit)
    }
    let bidder = try file.account("bidder")
    func integer(_ key: String, _ range: ClosedRange<Int64>) throws(FileError) -> Int64 {
      try file.read(key) { node throws(DocumentError) in try node.integer(in: range) }
    }
    bid = AuctionBid(
      bidder: bidder.description, number: try file.word("number"), limit: try integer("limit", 0...(1 << 52)),
      lots: try integer("lots", 1...(1 << 40)), placed: try integer("placed", 0...253_402_300_799))
  }
}

/// The bids that an auction was cleared with: the document of the entry that states its result.
struct BidBook: Sendable {
  private static let version: Int64 = 1
  private static let limit = 1 << 14
  /// The largest document that is read, in bytes.
  static let byteLimit = 16 << 20

  let bids: [Signed<LiquidationBid>]

  init(_ bids: [Signed<LiquidationBid>]) { self.bids = bids }

  init(decoding bytes: [UInt8]) throws {
    let node = try JSONDocument.parse(bytes, maximumBytes: Self.byteLimit)
    let members = try node.object(version: Self.version, required: ["bids"])
    bids = try members["bids"].array(maximumCount: Self.limit).map { try Signed<LiquidationBid>($0) }
    guard encoded() == bytes else { throw CanonicalBytesError.invalidField }
  }

  func encoded() -> [UInt8] {
    let json: JSONValue = ["version": .integer(Self.version), "bids": .array(bids.map(\.json))]
    return json.encoded()
  }
}
