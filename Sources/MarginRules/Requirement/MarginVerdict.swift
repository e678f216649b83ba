/// What a margin check says about an account.
public enum MarginVerdict: Hashable, Sendable {
  /// Every requirement of the rule is met.
  case covered
  /// A requirement is not met; this is the first.
  case refused(MarginRefusal)
}

/// The requirement that an account misses. It is for the account's owner: it tells about the account.
public enum MarginRefusal: Hashable, Sendable {
  /// The portfolio is not one that the rule can be asked about.
  case invalidPortfolio(MarginError)
  /// More lots of an instrument, on the side of the position, than one account may have.
  case positionLimit(instrument: String)
  /// More lots of an asset owed than one account may owe.
  case borrowLimit(asset: String)
  /// A scenario loss of a group of 2⁶² quanta or more, beyond what a statement can hold.
  case lossLimit(group: String)
  /// The rule does not admit anything other than zero here: "position/BTC-27MAR26-80000-C".
  case notAdmitted(coordinate: String)
  /// More lots of an asset held than its first tranche takes.
  case collateralCap(asset: String)
  /// Equity is below zero.
  case negativeEquity
  /// Equity does not cover scenario losses and contingency with their buffer.
  case portfolioRequirement
  /// Equity does not cover the margin of the brackets.
  case bracketRequirement
  /// Collateral is not worth enough of the debt.
  case collateralRatio
  /// Equity does not cover the value at risk of the factor model.
  case valueAtRisk
}

extension MarginRefusal: CustomStringConvertible {
  /// The requirement in words.
  public var description: String {
    switch self {
    case .invalidPortfolio(.wrongCount(let quantity, let expected, let actual)):
      "the portfolio has \(actual) amounts for \(quantity), the snapshot lists \(expected)"
    case .invalidPortfolio(.unknownCoordinate(let name)):
      "the snapshot does not list \(name)"
    case .invalidPortfolio(.amountOutOfBounds(let name)):
      "the amount of \(name) is out of bounds"
    case .invalidPortfolio(.overflow):
      "the amounts are too large to add up"
    case .positionLimit(let instrument):
      "the position in \(instrument) exceeds its limit"
    case .borrowLimit(let asset):
      "the debt of \(asset) exceeds its limit"
    case .lossLimit(let group):
      "the scenario loss of \(group) is too large"
    case .notAdmitted(let coordinate):
      "this rule admits only zero for \(coordinate)"
    case .collateralCap(let asset):
      "the holding of \(asset) exceeds its first tranche"
    case .negativeEquity:
      "equity is below zero"
    case .portfolioRequirement:
      "equity does not cover scenario losses and contingency"
    case .bracketRequirement:
      "equity does not cover the bracket requirement"
    case .collateralRatio:
      "collateral does not cover the debt at the required ratio"
    case .valueAtRisk:
      "equity does not cover the value at risk"
    }
  }
}

/// The result of a margin rule for one account, with the numbers that lead to it.
///
/// A rule is computed here in plain integers, apart from any circuit that states the same rule, so that
/// each checks the other.
public protocol MarginReport: Hashable, Sendable {
  /// Applies the rule.
  ///
  /// - Throws: an error when the portfolio does not fit the snapshot or its bounds.
  init(of portfolio: Portfolio, under snapshot: RiskSnapshot, kind: MarginKind) throws(MarginError)

  /// Whether the account is covered, and if not, why.
  var verdict: MarginVerdict { get }
}

extension MarginReport {
  /// Whether every requirement of the rule is met.
  public var isCovered: Bool { verdict == .covered }

  /// The verdict on any portfolio: amounts out of range are a refusal, not an error.
  public static func verdict(
    on portfolio: Portfolio, under snapshot: RiskSnapshot, kind: MarginKind
  ) -> MarginVerdict {
    do {
      return try Self(of: portfolio, under: snapshot, kind: kind).verdict
    } catch {
      return .refused(.invalidPortfolio(error))
    }
  }
}
