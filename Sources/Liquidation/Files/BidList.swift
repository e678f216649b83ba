public import CanonicalBytes

/// The bids of one auction as a file:
///
///     {"version": 1, "bids": [{"bidder": "mm1", "number": 1, "limit": quanta per lot, "lots": 10, "placed": seconds}]}
public struct BidList: Hashable, Sendable {
  /// The largest file that is read, in bytes.
  public static let byteLimit = 16 << 20
  static let limit = 100_000

  /// The bids, in the order of the file.
  public let bids: [AuctionBid]

  /// Reads a file.
  ///
  /// - Throws: `DocumentError`.
  public init(json bytes: [UInt8]) throws(DocumentError) {
    let node = try JSONDocument.parse(bytes, maximumBytes: Self.byteLimit)
    let object = try node.object(version: 1, required: ["bids"])
    var bids: [AuctionBid] = []
    for element in try object["bids"].array(maximumCount: Self.limit) {
      bids.append(try AuctionBid(element.object(required: AuctionBid.names)))
    }
    self.bids = bids
  }
}

/// The bids and the funds of a case as a file:
///
///     {"version": 1, "fund": quanta, "backstop": quanta, "backstopDiscountPpm": 30000,
///      "bids": [{"leg": "position/BTC-PERP", "bidder": "mm1", …}]}
public struct CaseBids: Hashable, Sendable {
  /// The bids by the name of their leg, in the order of the file.
  public let bids: [String: [AuctionBid]]
  /// What the insurance has, in quanta.
  public let fund: Int64
  /// What the backstop has, in quanta.
  public let backstop: Int64
  /// What the backstop is granted, in ppm of the mark.
  public let discountPpm: Int64

  /// Reads a file.
  ///
  /// - Throws: `DocumentError`.
  public init(json bytes: [UInt8]) throws(DocumentError) {
    let node = try JSONDocument.parse(bytes, maximumBytes: BidList.byteLimit)
    let object = try node.object(
      version: 1, required: ["bids"], optional: ["fund", "backstop", "backstopDiscountPpm"])
    let money: ClosedRange<Int64> = 0...(1 << 60)
    fund = try object.optional("fund")?.integer(in: money) ?? 0
    backstop = try object.optional("backstop")?.integer(in: money) ?? 0
    discountPpm = try object.optional("backstopDiscountPpm")?.integer(in: 0...900_000) ?? 30_000
    var bids: [String: [AuctionBid]] = [:]
    for element in try object["bids"].array(maximumCount: BidList.limit) {
      let bid = try element.object(required: ["leg"] + AuctionBid.names)
      bids[try bid["leg"].string(maximumLength: 256), default: []].append(try AuctionBid(bid))
    }
    self.bids = bids
  }
}

extension AuctionBid {
  fileprivate static let names = ["bidder", "number", "limit", "lots", "placed"]

  fileprivate init(_ object: JSONObject) throws(DocumentError) {
    self.init(
      bidder: try object["bidder"].string(maximumLength: 128), number: try object["number"].unsigned(),
      limit: try object["limit"].integer(in: 0...(1 << 52)),
      lots: try object["lots"].integer(in: 1...(1 << 40)),
      placed: try object["placed"].integer(in: 0...253_402_300_799))
  }
}
