import CircuitLanguage
import ExactIntegers
import TestSupport

/// A parameter tree of the shape that the shipped circuits read, with everything drawn at random.
struct SyntheticMarket {
  var tree: ParameterValue
  var coordinates: CoordinateMap
  var instruments: [Instrument] = []
  var collateral: [Collateral] = []

  struct Instrument {
    var id: String
    var longLots: Int
    var shortLots: Int
    /// Running sums of the long brackets.
    var longEdges: [Int]
    var isBracketed: Bool
    var hasFactors: Bool
  }

  struct Collateral {
    var id: String
    var lots: Int
    var maxBorrow: Int
  }

  /// Eight instruments (some of them options), three assets, two scenario groups, two factors.
  static func random(seed: UInt64) throws -> SyntheticMarket {
    var random = SplitMix64(seed: seed)
    func draw(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    var instruments: [(Instrument, ParameterValue)] = []
    for number in 0..<8 {
      let isOption = number % 4 == 3
      let price = draw(1_000...90_000_000)
      func brackets() -> ([Int], ParameterValue) {
        var (edges, list, margin) = ([Int](), [ParameterValue](), isOption ? 0 : price / 100)
        for _ in 0..<(isOption ? 1 : draw(1...3)) {
          let cap = draw(1...1_000)
          edges.append((edges.last ?? 0) + cap)
          list.append(["cap": integer(cap), "margin": integer(margin)])
          margin += isOption ? 0 : draw(1...price)
        }
        return (edges, .list(list))
      }
      let (longEdges, long) = brackets()
      let (shortEdges, short) = brackets()
      let gains = (0..<5).map { _ in draw(-price...price) }
      let hasFactors = !isOption
      let id = isOption ? "BTC-\(number)-C" : "COIN\(number)-PERP"
      let fields: [String: ParameterValue] = [
        "markFloor": integer(price - draw(0...5)), "markCeil": integer(price + draw(0...5)),
        "contLong": integer(draw(0...50)), "contShort": integer(draw(0...50)), "feeExit": 3,
        "bracketed": isOption ? 0 : 1, "long": long, "short": short,
        "pnlLong": .list(gains.map { integer($0) }),
        "pnlShort": .list(gains.map { integer(-$0 - draw(0...1)) }),
        "factors": hasFactors ? .list((0..<2).map { _ in integer(draw(-price...price)) }) : [],
      ]
      let instrument = Instrument(
        id: id, longLots: longEdges[longEdges.count - 1], shortLots: shortEdges[shortEdges.count - 1],
        longEdges: longEdges, isBracketed: !isOption, hasFactors: hasFactors)
      instruments.append((instrument, .record(id: id, fields)))
    }
    var collateral: [(Collateral, ParameterValue)] = []
    for id in ["USDC", "BTC", "ETH"] {
      let price = draw(10_000...60_000_000)
      let caps = (0..<draw(1...3)).map { _ in draw(1...2_000) }
      let maxBorrow = draw(0...5_000)
      let tranches = caps.enumerated().map { k, cap -> ParameterValue in
        ["cap": integer(cap), "value": integer(price / (k + 1))]
      }
      let asset = Collateral(id: id, lots: caps.reduce(0, +), maxBorrow: maxBorrow)
      collateral.append(
        (
          asset,
          .record(
            id: id,
            [
              "tranches": .list(tranches), "debt": integer(price + 100),
              "maxBorrow": integer(maxBorrow),
            ])
        ))
    }
    let half = instruments.count / 2
    let groups: [ParameterValue] = [("BTC", instruments[..<half]), ("ETH", instruments[half...])].map {
      .record(
        id: $0.0,
        ["instruments": .list($0.1.map(\.1)), "scenarios": .list((0..<5).map { ["shock": integer($0)] })])
    }
    let tree: ParameterValue = [
      "epoch": 7, "theta": integer(draw(1_000_000...1_500_000)),
      "beta": integer(draw(1_000_000...1_300_000)),
      "tiers": [
        "maintenance": 1_000_000, "initial": 1_200_000, "closeOnly": 1_100_000, "healthy": 1_500_000,
      ],
      "factors": [.record(id: "market", [:]), .record(id: "size", [:])],
      "instruments": .list(instruments.map(\.1)), "collateral": .list(collateral.map(\.1)),
      "groups": .list(groups),
    ]
    var names = ["cash"]
    for (asset, _) in collateral { names += ["holding/\(asset.id)", "debt/\(asset.id)"] }
    for (instrument, _) in instruments { names.append("position/\(instrument.id)") }
    return SyntheticMarket(
      tree: tree, coordinates: try CoordinateMap(names), instruments: instruments.map(\.0),
      collateral: collateral.map(\.0))
  }

  /// A value for every coordinate of the map.
  func book(_ values: [String: Int64]) -> [Int64] { coordinates.names.map { values[$0] ?? 0 } }
}

func integer(_ value: Int) -> ParameterValue { .integer(Integer(value)) }
