/// One condition of admission, small enough to be read at once.
///
/// A rule looks at public facts and answers at once; the proof itself is verified after all rules are content.
public protocol AdmissionRule: Sendable {
  /// The reason to refuse, if there is one. A rule that lacks a fact it needs leaves the objection to the rule
  /// that is about the fact.
  func objection(to review: borrowing Review) -> RefusalReason?
}
