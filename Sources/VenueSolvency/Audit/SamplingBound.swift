/// How likely it is that accounts which a roll leaves out are noticed by traders who look themselves up.
public enum SamplingBound {
  /// The chance that hidden accounts are noticed by at least one trader:
  ///
  ///     1 - (1 - p)^m
  ///
  /// if each trader checks with probability p, whether listed or not, and the venue does not know who will.
  ///
  /// - Parameters:
  ///   - share: the share of traders who check, p, from 0 to 1.
  ///   - hidden: the number of accounts left out, m.
  /// - Returns: from 0 to 1; 0 for a share that is not between these, and for no hidden account.
  public static func detection(share: Double, hidden: Int) -> Double {
    guard (0...1).contains(share), hidden > 0 else { return 0 }
    var (missed, power, exponent) = (1.0, 1 - share, hidden)
    while exponent > 0 {
      if exponent & 1 == 1 { missed *= power }
      power *= power
      exponent >>= 1
    }
    return 1 - missed
  }
}
