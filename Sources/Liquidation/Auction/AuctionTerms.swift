/// How the price of a Dutch auction falls with time (mechanism M45).
///
/// - SeeAlso: MakerDAO `abaci.sol`, `StairstepExponentialDecrease` and `LinearDecrease`.
public enum AuctionCurve: Hashable, Sendable {
  /// By a share each step: `top·(1 - cut)^⌊t/step⌋`, the cut in ppm and the step in seconds.
  case stairstep(cutPpm: Int64, stepSeconds: Int64)
  /// In a straight line to zero: `top·(1 - t/τ)`, τ in seconds.
  case linear(seconds: Int64)

  /// The share of the top price that is asked after some seconds, in units of 10⁻¹⁸, rounded down.
  ///
  /// - Parameter seconds: not negative.
  public func share(after seconds: Int64) -> Int128 {
    let seconds = max(0, seconds)
    switch self {
    case .stairstep(let cut, let step):
      return Self.power(Self.one - Int128(cut) * 1_000_000_000_000, seconds / max(1, step))
    case .linear(let duration):
      guard seconds < duration else { return 0 }
      return Self.one * Int128(duration - seconds) / Int128(duration)
    }
  }

  /// 1 in units of 10⁻¹⁸.
  public static let one: Int128 = 1_000_000_000_000_000_000

  /// By squaring: 2·log₂ n products of numbers below 10¹⁸, each rounded to the nearest.
  private static func power(_ base: Int128, _ exponent: Int64) -> Int128 {
    var (result, square, rest) = (one, base, exponent)
    while rest > 0, result > 0 {
      if rest & 1 == 1 { result = (result * square + one / 2) / one }
      square = (square * square + one / 2) / one
      rest >>= 1
    }
    return result
  }
}

/// What may still be done in an auction, from everything to nothing.
///
/// - SeeAlso: MakerDAO `clip.sol`, `stopped`.
public enum AuctionStop: Int64, CaseIterable, Hashable, Sendable {
  /// Nothing is stopped.
  case nothing
  /// No auction begins.
  case beginning
  /// No auction begins or is begun anew.
  case resetting
  /// Nobody takes anything either.
  case taking
}

/// The terms of Dutch auctions.
public struct AuctionTerms: Hashable, Sendable {
  /// How the price falls.
  public var curve: AuctionCurve
  /// The first price over the mark, in ppm; 1.0 and more.
  public var bufferPpm: Int64
  /// After how many seconds an auction must be begun anew.
  public var tailSeconds: Int64
  /// At which share of its first price an auction must be begun anew, in ppm.
  public var cuspPpm: Int64
  /// The least value of a part that is taken and of a part that is left, in quanta.
  public var dust: Int64
  /// The payment to the one who begins an auction, in quanta.
  public var tip: Int64
  /// The payment to the one who begins an auction besides, in ppm of the value.
  public var chipPpm: Int64
  /// What is stopped.
  public var stop: AuctionStop

  /// Half a percent every thirty seconds from one percent above the mark, for half an hour or down to sixty
  /// percent.
  public static let standard = AuctionTerms(
    curve: .stairstep(cutPpm: 5_000, stepSeconds: 30), bufferPpm: 1_010_000, tailSeconds: 1_800,
    cuspPpm: 600_000, dust: 100_000_000, tip: 0, chipPpm: 0, stop: .nothing)

  /// Terms of these parts.
  public init(
    curve: AuctionCurve, bufferPpm: Int64, tailSeconds: Int64, cuspPpm: Int64, dust: Int64, tip: Int64,
    chipPpm: Int64, stop: AuctionStop
  ) {
    self.curve = curve
    self.bufferPpm = bufferPpm
    self.tailSeconds = tailSeconds
    self.cuspPpm = cuspPpm
    self.dust = dust
    self.tip = tip
    self.chipPpm = chipPpm
    self.stop = stop
  }

  /// Whether every number is within its range.
  ///
  /// - Throws: ``LiquidationError/parameter(_:_:)`` for the first that is not.
  public func check() throws(LiquidationError) {
    let day: Int64 = 86_400
    var numbers = [
      ("bufferPpm", bufferPpm, onePpm...2 * onePpm), ("tailSeconds", tailSeconds, 1...30 * day),
      ("cuspPpm", cuspPpm, 0...onePpm), ("dust", dust, 0...(1 << 52)), ("tip", tip, 0...(1 << 52)),
      ("chipPpm", chipPpm, 0...100_000),
    ]
    switch curve {
    case .stairstep(let cut, let step):
      numbers += [("cutPpm", cut, 1...onePpm - 1), ("stepSeconds", step, 1...day)]
    case .linear(let seconds): numbers.append(("seconds", seconds, 1...30 * day))
    }
    for (name, value, range) in numbers where !range.contains(value) { throw .parameter(name, range) }
  }
}
