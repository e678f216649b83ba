public import CanonicalBytes
public import Liquidation
public import Solvency

/// What a venue has said of its liquidations before any happens: the document of the entry that puts it in
/// force.
///
///     { "version": 1, "terms": {…}, "layers": [{"attachment": 0, "exhaustion": quanta}, …],
///       "deleveraging": "queue", "backstop": null, "liquidators": [{"account": "mm-1", "key": <64 hex digits>}, …],
///       "rankEdges": [100000, …], "callSeconds": 900 }
///
/// An audit holds every case to it, so that nothing about a closing is decided after the account is known.
public struct LiquidationRules: Hashable, Sendable {
  /// The largest document that is read, in bytes.
  public static let byteLimit = 1 << 20
  private static let version: Int64 = 1
  private static let liquidatorLimit = 1 << 12
  /// The most bands of ranks.
  public static let rankLimit = 64

  /// Who takes what no auction sold.
  public struct Backstop: Hashable, Sendable {
    /// The account that has the positions afterwards.
    public let account: AccountID
    /// What it is granted, in ppm of the mark.
    public let discountPpm: Int64
    /// The value at the mark that it takes in one case at most, in quanta.
    public let capacity: Int64

    /// A backstop of these terms.
    public init(account: AccountID, discountPpm: Int64, capacity: Int64) {
      (self.account, self.discountPpm, self.capacity) = (account, discountPpm, capacity)
    }
  }

  /// Ladder, penalty and auctions.
  public let terms: LiquidationTerms
  /// The layers of the insurance, each a purse of its own.
  public let layers: [InsuranceLayer]
  /// How winners are chosen: by queue or pro rata.
  public let policy: DeleveragingPolicy
  /// Who takes what no auction sold; nil for nobody.
  public let backstop: Backstop?
  /// The accounts that may bid, each with the key that signs its bids.
  public let liquidators: [AccountID: VerificationKey]
  /// The upper edges of the bands of ranks, ascending, in ppm: profit times leverage.
  public let rankEdges: [Int64]
  /// How long winners have to prove their bands, in seconds.
  public let callSeconds: UInt64

  /// Bands up to a rank of a hundred: a profit of 10 % with leverage of a thousand.
  public static let standardEdges: [Int64] = [
    50_000, 100_000, 200_000, 400_000, 800_000, 1_600_000, 3_200_000, 6_400_000, 12_800_000, 100_000_000,
  ]

  /// Rules of these parts.
  ///
  /// - Throws: ``LiquidationRulesError`` for parts that contradict each other or are out of range.
  public init(
    terms: LiquidationTerms = .standard, layers: [InsuranceLayer], policy: DeleveragingPolicy = .queue,
    backstop: Backstop? = nil, liquidators: [AccountID: VerificationKey],
    rankEdges: [Int64] = LiquidationRules.standardEdges, callSeconds: UInt64 = 900
  ) throws(LiquidationRulesError) {
    guard (try? terms.check()) != nil else { throw .terms }
    guard (try? InsuranceLayers(layers)) != nil, layers.count <= FundPurse.layerLimit else { throw .layers }
    guard policy != .deficitOnly else { throw .policy }
    if let backstop {
      guard (0...900_000).contains(backstop.discountPpm), (0...(1 << 60)).contains(backstop.capacity) else {
        throw .backstop
      }
    }
    guard liquidators.count <= Self.liquidatorLimit else { throw .tooManyLiquidators }
    guard (1...Self.rankLimit).contains(rankEdges.count),
      rankEdges.allSatisfy({ (0...DeleveragingBand.edgeLimit).contains($0) }),
      zip(rankEdges, rankEdges.dropFirst()).allSatisfy({ $0 < $1 })
    else { throw .rankEdges }
    guard (1...86_400).contains(callSeconds) else { throw .callSeconds }
    self.terms = terms
    self.layers = layers
    self.policy = policy
    self.backstop = backstop
    self.liquidators = liquidators
    self.rankEdges = rankEdges
    self.callSeconds = callSeconds
  }

  /// The document's one form.
  public func encoded() -> [UInt8] { json.encoded() }

  /// The rules as JSON.
  public var json: JSONValue {
    [
      "version": .integer(Self.version), "terms": terms.json,
      "layers": .array(
        layers.map { ["attachment": .integer($0.attachment), "exhaustion": .integer($0.exhaustion)] }),
      "deleveraging": .string(policy.rawValue),
      "backstop": backstop.map {
        [
          "account": .string($0.account.description), "discountPpm": .integer($0.discountPpm),
          "capacity": .integer($0.capacity),
        ]
      } ?? .null,
      "liquidators": .array(
        liquidators.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map {
          ["account": .string($0.key.description), "key": .hex($0.value.bytes)]
        }),
      "rankEdges": .array(rankEdges.map { .integer($0) }), "callSeconds": .integer(callSeconds),
    ]
  }

  /// Reads the document.
  ///
  /// - Throws: `DocumentError` or `FileError` for what is missing, unknown or out of range,
  ///   ``LiquidationRulesError`` for parts that contradict each other.
  public init(decoding bytes: [UInt8]) throws {
    let node = try JSONDocument.parse(bytes, maximumBytes: Self.byteLimit)
    let members = try node.object(
      version: Self.version,
      required: ["terms", "layers", "deleveraging", "backstop", "liquidators", "rankEdges", "callSeconds"])
    let money: ClosedRange<Int64> = 0...(1 << 60)
    var liquidators: [AccountID: VerificationKey] = [:]
    for node in try members["liquidators"].array(maximumCount: Self.liquidatorLimit) {
      let listed = try node.object(required: ["account", "key"])
      let account = try listed["account"].accountID()
      let key = try VerificationKey(listed["key"].bytes(hexOfCount: VerificationKey.byteCount))
      guard liquidators.updateValue(key, forKey: account) == nil else {
        throw LiquidationRulesError.liquidatorTwice(account)
      }
    }
    try self.init(
      terms: LiquidationTerms(members["terms"]),
      layers: members["layers"].array(maximumCount: FundPurse.layerLimit).map { node in
        let layer = try node.object(required: ["attachment", "exhaustion"])
        return InsuranceLayer(
          attachment: try layer["attachment"].integer(in: money),
          exhaustion: try layer["exhaustion"].integer(in: money))
      },
      policy: members["deleveraging"].word(DeleveragingPolicy.self),
      backstop: members["backstop"].unlessNull.map { node in
        let backstop = try node.object(required: ["account", "discountPpm", "capacity"])
        return Backstop(
          account: try backstop["account"].accountID(),
          discountPpm: try backstop["discountPpm"].integer(in: money),
          capacity: try backstop["capacity"].integer(in: money))
      },
      liquidators: liquidators,
      rankEdges: members["rankEdges"].array(maximumCount: Self.rankLimit).map { try $0.integer(in: money) },
      callSeconds: members["callSeconds"].unsigned())
  }
}

/// Why parts are not the rules of a venue's liquidations.
public enum LiquidationRulesError: Error, Hashable, Sendable {
  /// A number of the terms is out of range.
  case terms
  /// The layers do not follow one another from zero, or are too many.
  case layers
  /// Hidden gains cannot be taken from: `queue` or `pro-rata` closes lots.
  case policy
  /// The backstop's discount or capacity is out of range.
  case backstop
  /// More liquidators than a document lists.
  case tooManyLiquidators
  /// An account is listed twice.
  case liquidatorTwice(AccountID)
  /// Edges of ranks ascend, and there are 1 to 64.
  case rankEdges
  /// Winners have between a second and a day.
  case callSeconds
}

extension LiquidationRulesError: CustomStringConvertible {
  /// What is wrong, in words.
  public var description: String {
    switch self {
    case .terms: "a number of the terms is out of its range"
    case .layers: "the layers of the insurance do not follow one another from zero, or are more than 32"
    case .policy: "gains that are hidden cannot be taken from; the policy is queue or pro-rata"
    case .backstop: "discount or capacity of the backstop is out of its range"
    case .tooManyLiquidators: "there are more liquidators than a document lists"
    case .liquidatorTwice(let account): "the liquidator \(account) is listed twice"
    case .rankEdges: "edges of ranks ascend, and there are 1 to 64 of them"
    case .callSeconds: "winners have between a second and a day to answer"
    }
  }
}

extension JSONNode {
  /// The account that a text names.
  func accountID() throws(DocumentError) -> AccountID {
    let text = try string(maximumLength: AccountID.byteLimit)
    guard let account = try? AccountID(text) else {
      throw failure(.unknownWord(text, known: ["1 to 128 bytes of printable text"]))
    }
    return account
  }
}
