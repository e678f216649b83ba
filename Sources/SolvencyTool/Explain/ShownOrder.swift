internal import CanonicalBytes
internal import MarginRules
internal import Solvency
internal import SolvencyProver

/// The largest further order that both the rule and the flags of the snapshot let through.
struct ShownOrder {
  let instrument: String
  let isPurchase: Bool
  let lots: Int64
  let valueQuanta: Int64
  /// The amount in the asset, where the snapshot says what a lot is: "8.256 BTC".
  let amount: String?
  private let limit: Limit
  /// What the rule lets through, where no flag lets less.
  private let room: AccountExplanation.OrderRoom?

  private enum Limit {
    case rule(AccountExplanation.OrderRoom.Limit)
    /// A flag of the snapshot, and what it is set to mean.
    case flag(name: String, text: String)
  }

  init(
    _ room: AccountExplanation.OrderRoom, held: Int64, in snapshot: RiskSnapshot, _ sizes: LotSizes
  ) {
    (instrument, isPurchase) = (room.instrument, room.isPurchase)
    let listed = snapshot.instruments.first { $0.id == room.instrument }
    let bar = listed.flatMap { snapshot.bar(on: $0, isPurchase: room.isPurchase, isOpening: true) }
    // What is left is to close what is held.
    let closable = bar == .halted || (held < 0) != room.isPurchase ? 0 : held.magnitude
    if let listed, let bar, bar == .halted || closable < room.lots.magnitude {
      lots = Int64(closable)
      let price = room.isPurchase ? listed.markCeil : listed.markFloor
      valueQuanta = Int64(clamping: Int128(closable) * Int128(price))
      limit = Self.flag(bar, room.isPurchase, snapshot.haltLevel)
      self.room = nil
    } else {
      (lots, valueQuanta, limit) = (room.lots, room.valueQuanta, .rule(room.limit))
      self.room = room
    }
    amount = sizes.text(lots, of: Registry.position(room.instrument))
  }

  private static func flag(_ bar: OrderBar, _ isPurchase: Bool, _ haltLevel: Int64) -> Limit {
    switch bar {
    case .halted: .flag(name: "haltLevel", text: "halt level \(haltLevel): no orders at all")
    case .closeOnly where haltLevel > 0:
      .flag(name: "haltLevel", text: "halt level \(haltLevel): positions may only be reduced")
    case .closeOnly: .flag(name: "closeOnly", text: "closeOnly: the position may only be reduced")
    case .stalePrice: .flag(name: "stale", text: "stale: the price is too old to open at")
    case .sideClosed:
      isPurchase
        ? .flag(name: "openLong", text: "openLong is off: long positions may not grow")
        : .flag(name: "openShort", text: "openShort is off: short positions may not grow")
    }
  }

  /// What stops one lot more, in words, and how certain that is.
  var limitText: String {
    switch limit {
    case .rule(let limit): [limit.text, room?.caveat ?? ""].filter { !$0.isEmpty }.joined(separator: "; ")
    case .flag(_, let text): "\(text), not the margin"
    }
  }

  var json: JSONValue {
    let limit: JSONValue =
      switch limit {
      case .rule(let limit): limit.json
      case .flag(let name, _): ["kind": "flag", "name": .string(name)]
      }
    return [
      "instrument": .string(instrument), "side": isPurchase ? "buy" : "sell", "largestLots": .integer(lots),
      "largestAmount": amount.map { .string($0) } ?? .null, "valueUSD": .string(Money.exact(valueQuanta)),
      "limit": limit, "exact": .bool(room?.isExact ?? true),
      "holdsAgainAtLots": room?.holdsAgainAt.map { .integer($0) } ?? .null,
    ]
  }
}
