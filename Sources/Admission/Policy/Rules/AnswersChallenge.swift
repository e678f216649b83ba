/// The proof answers a challenge that this venue gave to this account (A31). Not part of
/// ``Policy/production``: a challenge costs a round trip, and nonces are accepted once in any case.
public struct AnswersChallenge: AdmissionRule {
  /// The rule.
  public init() {}

  /// ``RefusalReason/noChallenge``.
  public func objection(to review: borrowing Review) -> RefusalReason? {
    review.isChallengeOpen ? nil : .noChallenge
  }

  /// The name.
  public var declaration: String { "answers-challenge" }
}
