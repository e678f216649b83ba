/// How far exposure lies with few (mechanism M34). Negative or unending sizes count as zero.
public enum Concentration {
  /// Herfindahl and Hirschman's Σ share²: 1 when one has all, 1/n for n equals. Nil when there is nothing.
  public static func herfindahl(_ sizes: [Double]) -> Double? {
    let sizes = sizes.map(usable)
    let total = sum(sizes)
    guard total > 0 else { return nil }
    var squares = 0.0
    for size in sizes { squares += (size / total) * (size / total) }
    return squares
  }

  /// The share of the k greatest, from 0 to 1; nil when there is nothing.
  public static func topShare(_ k: Int, of sizes: [Double]) -> Double? {
    let sizes = sizes.map(usable)
    let total = sum(sizes)
    guard total > 0 else { return nil }
    return min(sum(Array(sizes.sorted(by: >).prefix(max(k, 0)))) / total, 1)
  }

  /// Gini's coefficient Σ(2i − n − 1)·xᵢ/(n·Σx) of the sizes in increasing order: 0 for equals, (n − 1)/n
  /// when one has all. Nil when there is nothing.
  public static func gini(_ sizes: [Double]) -> Double? {
    let sorted = sizes.map(usable).sorted()
    let total = sum(sorted)
    guard total > 0 else { return nil }
    let n = Double(sorted.count)
    var weighted = 0.0
    for (i, x) in sorted.enumerated() { weighted += (2 * Double(i + 1) - n - 1) * x }
    return weighted / (n * total)
  }

  /// The insurance fund over the losses of the k greatest losers, as "cover 2" asks of clearing houses
  /// (CPMI-IOSCO, Principle 4). Nil when nobody loses anything.
  public static func cover(_ k: Int, fund: Double, losses: [Double]) -> Double? {
    let worst = sum(Array(losses.map(usable).sorted(by: >).prefix(max(k, 0))))
    return worst > 0 ? usable(fund) / worst : nil
  }

  /// How many days it takes to unwind an open interest at a share k of the volume: OI/(k·V). Nil when nothing
  /// may be traded.
  public static func liquidationDays(openInterestUSD: Double, dailyVolumeUSD: Double, share: Double)
    -> Double?
  {
    let pace = usable(dailyVolumeUSD) * usable(share)
    return pace > 0 ? usable(openInterestUSD) / pace : nil
  }

  private static func usable(_ x: Double) -> Double { x > 0 && x < .infinity ? x : 0 }

  private static func sum(_ sizes: [Double]) -> Double {
    var sum = 0.0
    for size in sizes { sum += size }
    return sum
  }
}
