/// One condition of admission, small enough to be read at once.
///
/// A rule looks at public facts and answers at once; the proof itself is verified after all rules are
/// content.
public protocol AdmissionRule: Sendable {
  /// The reason to refuse, if there is one. A rule that lacks a fact it needs leaves the objection to the
  /// rule that is about the fact.
  func objection(to review: borrowing Review) -> RefusalReason?

  /// What the rule is, with its values, in one line of printable text: two rules that decide differently
  /// declare differently. The digest of a policy is over these, so that the log says what was decided by.
  var declaration: String { get }
}
