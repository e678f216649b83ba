public import CanonicalBytes

/// A layer of the insurance: it pays the part of all losses so far that lies between its two ends (mechanism
/// M48).
public struct InsuranceLayer: Hashable, Sendable {
  /// a: the losses below which it pays nothing, in quanta.
  public let attachment: Int64
  /// The losses beyond which it pays nothing more, in quanta; above ``attachment``.
  public let exhaustion: Int64

  /// A layer between two ends.
  public init(attachment: Int64, exhaustion: Int64) {
    self.attachment = attachment
    self.exhaustion = exhaustion
  }

  /// What it pays in all for losses of `total`: the part inside it.
  public func share(of total: Int64) -> Int64 { min(max(0, total - attachment), exhaustion - attachment) }
}

/// Layers that follow one another without gap, and what they have paid.
public struct InsuranceLayers: Hashable, Sendable {
  /// The layers, lowest first; the first attaches at zero.
  public let layers: [InsuranceLayer]
  /// All losses that were claimed, in quanta.
  public private(set) var losses: Int64 = 0
  /// The cases that have been paid, by the digest of what certifies their loss.
  public private(set) var claims: Set<Digest> = []

  /// Layers that no claim has touched.
  ///
  /// - Throws: ``LiquidationError/malformed`` unless each begins where the one before ends, the first at
  ///   zero.
  public init(_ layers: [InsuranceLayer]) throws(LiquidationError) {
    var edge: Int64 = 0
    for layer in layers {
      guard layer.attachment == edge, layer.exhaustion > edge, Int128(layer.exhaustion) < ExactMoney.limit
      else {
        throw .malformed
      }
      edge = layer.exhaustion
    }
    self.layers = layers
  }

  /// Layers of which claims have taken `losses` before.
  ///
  /// - Throws: ``LiquidationError/malformed`` for such layers, or losses that are negative or beyond all of
  ///   them.
  public init(_ layers: [InsuranceLayer], losses: Int64) throws(LiquidationError) {
    try self.init(layers)
    guard (0...(layers.last?.exhaustion ?? 0)).contains(losses) else { throw .malformed }
    self.losses = losses
  }

  /// What is left of all layers, in quanta.
  public var remaining: Int64 { max(0, (layers.last?.exhaustion ?? 0) - losses) }

  /// Claims a loss.
  ///
  /// - Parameters:
  ///   - loss: in quanta; not negative.
  ///   - certificate: the digest of what certifies the loss. The same one is paid once.
  /// - Returns: what each layer pays; in sum the loss or less.
  /// - Throws: ``LiquidationError/claimedBefore``, ``LiquidationError/malformed`` for a negative loss.
  public mutating func claim(_ loss: Int64, certificate: Digest) throws(LiquidationError) -> [Int64] {
    guard loss >= 0 else { throw .malformed }
    guard !claims.contains(certificate) else { throw .claimedBefore }
    let after = Int64(clamping: Int128(losses) + Int128(loss))
    let paid = layers.map { $0.share(of: after) - $0.share(of: losses) }
    losses = min(after, max(losses, layers.last?.exhaustion ?? 0))
    claims.insert(certificate)
    return paid
  }

  /// What a layer costs for a period: the mean of what it would have paid, and a loading.
  ///
  ///     premium = ⌈(1 + load)·Σ share(loss)/n⌉
  ///
  /// - Parameters:
  ///   - losses: all losses of a period in each of n simulated or past periods, in quanta.
  ///   - loadPpm: the loading.
  /// - Returns: in quanta for each layer; nil without periods.
  /// - Throws: ``LiquidationError/overflow``.
  public func premiums(losses: [Int64], loadPpm: Int64) throws(LiquidationError) -> [Int64]? {
    guard !losses.isEmpty else { return nil }
    var premiums: [Int64] = []
    for layer in layers {
      var sum: Int128 = 0
      for loss in losses { sum += Int128(layer.share(of: loss)) }
      premiums.append(
        try ExactMoney.amount(
          ExactMoney.ceil(
            sum, times: Int128(onePpm + loadPpm), over: Int128(onePpm) * Int128(losses.count))))
    }
    return premiums
  }

  /// Whether a fund pays for the default of its two largest debtors (cover 2).
  ///
  /// - Parameter losses: what each account would leave unpaid in one scenario, in quanta.
  public static func covers2(fund: Int64, losses: [Int64]) -> Bool {
    var (first, second): (Int64, Int64) = (0, 0)
    for loss in losses {
      if loss > first { (first, second) = (loss, first) } else if loss > second { second = loss }
    }
    return Int128(fund) >= Int128(first) + Int128(second)
  }
}
