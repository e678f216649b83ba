public import CanonicalBytes

/// A loss and who may bear it, as a file:
///
///     {"version": 1, "loss": quanta, "penaltyPot": quanta, "layers": [quanta of each], "backstop": quanta,
///      "gains": [{"account": "a", "gain": quanta}]}
public struct LossFile: Hashable, Sendable {
  /// The largest file that is read, in bytes.
  public static let byteLimit = 16 << 20
  /// Who has lost.
  public static let debtor = "the debtor"

  /// The loss, in quanta.
  public let loss: Int64
  /// What each purse has, the debtor's less than zero by the loss.
  public let balances: [Purse: Int64]
  /// The layers of the insurance.
  public let layers: [InsuranceLayer]
  /// What winners have gained, in quanta.
  public let gains: [String: Int64]

  /// Reads a file.
  ///
  /// - Throws: `DocumentError`.
  public init(json bytes: [UInt8]) throws(DocumentError) {
    let money: ClosedRange<Int64> = 0...(1 << 60)
    let node = try JSONDocument.parse(bytes, maximumBytes: Self.byteLimit)
    let object = try node.object(
      version: 1, required: ["loss"], optional: ["penaltyPot", "layers", "backstop", "gains"])
    loss = try object["loss"].integer(in: 1...(1 << 60))
    var balances: [Purse: Int64] = [.account(Self.debtor): -loss]
    balances[.penaltyPot] = try object.optional("penaltyPot")?.integer(in: money) ?? 0
    balances[.backstop] = try object.optional("backstop")?.integer(in: money) ?? 0
    var (layers, edge) = ([InsuranceLayer](), 0 as Int64)
    for (place, element) in try (object.optional("layers")?.array(maximumCount: 32) ?? []).enumerated() {
      let amount: Int64 = try element.integer(in: 1...(1 << 55))
      layers.append(InsuranceLayer(attachment: edge, exhaustion: edge + amount))
      edge += amount
      balances[.insurance(place)] = amount
    }
    var gains: [String: Int64] = [:]
    for element in try object.optional("gains")?.array(maximumCount: 100_000) ?? [] {
      let winner = try element.object(required: ["account", "gain"])
      gains[try winner["account"].string(maximumLength: 128)] = try winner["gain"].integer(in: money)
    }
    (self.balances, self.layers, self.gains) = (balances, layers, gains)
  }
}
