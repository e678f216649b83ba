internal import ExactIntegers
public import MarginRules

/// The margin rule that an account is held to.
public enum AccountRule: String, CaseIterable, Hashable, Sendable {
  /// Scenario losses and brackets.
  case portfolioMargin = "portfolio-margin"
  /// Brackets alone.
  case crossMargin = "cross-margin"
  /// The factor model.
  case valueAtRisk = "value-at-risk"
  /// One asset pledged for one debt.
  case collateralRatio = "collateral-ratio"
}

/// What an account has beside what it must have (mechanism M42): equity and maintenance requirement in
/// quanta.
///
///     health = equity/requirement,   liquidatable when equity < requirement
///
/// The requirement is rounded up, so that the comparison in integers is that of the rule: 10⁶·E ≥ X exactly
/// when E ≥ ⌈X/10⁶⌉.
public struct AccountHealth: Hashable, Sendable {
  /// E, in quanta.
  public let equity: Int128
  /// What equity must reach, in quanta; not negative.
  public let requirement: Int128

  /// An account with this equity and requirement.
  public init(equity: Int128, requirement: Int128) {
    self.equity = equity
    self.requirement = max(0, requirement)
  }

  /// The health of a portfolio in plain integers.
  ///
  /// - Throws: ``LiquidationError/margin(_:)`` for a portfolio that does not fit the snapshot.
  public init(
    of portfolio: Portfolio, under snapshot: RiskSnapshot, rule: AccountRule, kind: MarginKind = .maintenance
  ) throws(LiquidationError) {
    do throws(MarginError) {
      switch rule {
      case .portfolioMargin:
        let report = try PortfolioMargin(of: portfolio, under: snapshot, kind: kind)
        let scaled = Int128(onePpm) * report.equity
        // slack = 10⁶·E - X, so X = 10⁶·E - slack.
        let requirement = max(scaled - report.slackScenario, scaled - report.slackBracket)
        self.init(equity: report.equity, requirement: Self.rounded(requirement))
      case .crossMargin:
        let report = try CrossMargin(of: portfolio, under: snapshot, kind: kind)
        self.init(
          equity: report.equity, requirement: Self.rounded(Int128(onePpm) * report.equity - report.slack))
      case .valueAtRisk:
        let report = try ValueAtRisk(of: portfolio, under: snapshot, kind: kind)
        self.init(equity: report.equity, requirement: try Self.length(of: report.exposures))
      case .collateralRatio:
        let report = try CollateralRatio(of: portfolio, under: snapshot, kind: kind)
        self.init(
          equity: report.collateralValue,
          requirement: Self.rounded(Int128(onePpm) * report.collateralValue - report.slack))
      }
    } catch {
      throw .margin(error)
    }
  }

  /// Whether equity is below the maintenance requirement.
  public var isLiquidatable: Bool { equity < requirement }

  /// Whether equity is θ times the requirement or more, θ in ppm.
  public func covers(_ targetPpm: Int64) -> Bool {
    let (left, overflow) = equity.multipliedReportingOverflow(by: Int128(onePpm))
    let (right, tooLarge) = requirement.multipliedReportingOverflow(by: Int128(targetPpm))
    return tooLarge ? false : overflow ? equity > 0 : left >= right
  }

  /// Equity over requirement in ppm, rounded down; nil without any requirement, where health has no end.
  public var ppm: Int64? {
    guard requirement > 0 else { return equity < 0 ? 0 : nil }
    let (scaled, overflow) = equity.multipliedReportingOverflow(by: Int128(onePpm))
    guard !overflow else { return equity > 0 ? .max : .min }
    let (quotient, rest) = scaled.quotientAndRemainder(dividingBy: requirement)
    return Int64(clamping: rest < 0 ? quotient - 1 : quotient)
  }

  static func rounded(_ scaled: Int128) -> Int128 {
    guard scaled > 0 else { return 0 }
    let (quotient, rest) = scaled.quotientAndRemainder(dividingBy: Int128(onePpm))
    return rest > 0 ? quotient + 1 : quotient
  }

  /// ⌈√Σy²⌉: E ≥ 0 and E² ≥ Σy² exactly when E is at least this.
  private static func length(of exposures: [Int128]) throws(MarginError) -> Int128 {
    var squares: UInt128 = 0
    for y in exposures {
      let (square, overflow) = y.magnitude.multipliedReportingOverflow(by: y.magnitude)
      let (sum, tooLarge) = squares.addingReportingOverflow(square)
      guard !overflow, !tooLarge else { throw .overflow }
      squares = sum
    }
    return Int128(ExactMoney.ceilingRoot(squares))
  }
}
