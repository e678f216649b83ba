/// The bounds of margin B.1. With them no inequality of a margin statement can wrap: at most 2¹⁵
/// terms of 2⁴⁰ lots times 2⁵⁰ quanta times a multiplier of 2²⁴ stay below 2¹²⁹.
public enum SnapshotLimits {
  /// Any amount in lots: 0 ≤ n < 2⁴⁰.
  public static let amounts: ClosedRange<Int64> = 0...(1 << 40) - 1
  /// The lots of a tranche or bracket that has a cap: 1 ≤ n < 2⁴⁰.
  public static let caps: ClosedRange<Int64> = 1...(1 << 40) - 1
  /// A value per lot in quanta that may have either sign: |x| < 2⁵⁰.
  public static let coefficients: ClosedRange<Int64> = -(1 << 50) + 1...(1 << 50) - 1
  /// A value per lot in quanta that is never negative: 0 ≤ x < 2⁵⁰.
  public static let charges: ClosedRange<Int64> = 0...(1 << 50) - 1
  /// Cash, in quanta: |x| < 2⁶².
  public static let cash: ClosedRange<Int64> = -(1 << 62) + 1...(1 << 62) - 1
  /// A sum of money in quanta, or a counter, that is never negative: 0 ≤ x < 2⁶².
  public static let totals: ClosedRange<Int64> = 0...(1 << 62) - 1
  /// A multiplier in ppm: 1.0 to 16.0.
  public static let multipliers: ClosedRange<Int64> = 1_000_000...16_000_000
  /// A rate in ppm: below 2²¹.
  public static let rates: ClosedRange<Int64> = 0...(1 << 21) - 1
  /// A market move in ppm: |x| < 2⁴⁰.
  public static let shocks: ClosedRange<Int64> = -(1 << 40) + 1...(1 << 40) - 1
  /// A time in seconds since 1970, before the year 10000.
  public static let times: ClosedRange<Int64> = 0...253_402_300_799
  /// How much trading is stopped: 0 none, 1 only closing, 2 no opening, 3 everything.
  public static let haltLevels: ClosedRange<Int64> = 0...3
  /// How many epochs of grace a proof may have.
  public static let graceEpochs: ClosedRange<Int64> = 0...(1 << 16) - 1

  /// The most terms in one inequality.
  public static let rowTerms = 1 << 15
  /// The most instruments.
  public static let instruments = 0...1 << 11
  /// The most assets.
  public static let collateral = 0...1 << 11
  /// The most scenario groups.
  public static let groups = 0...256
  /// The most scenarios of a group; at least one, or the group would carry no risk.
  public static let scenarios = 1...1_024
  /// The most factors.
  public static let factors = 0...64
  /// The most brackets of one side.
  public static let brackets = 0...64
  /// The most tranches of an asset; at least one.
  public static let tranches = 1...64

  /// The most attributes of instruments, and of assets.
  public static let attributes = 0...64

  /// The most bytes of an identifier.
  public static let identifierLength = 64
  /// The most bytes of a note.
  public static let noteLength = 1_024
  /// The most bytes of a snapshot as JSON or canonical bytes.
  public static let documentBytes = 64 << 20
}
