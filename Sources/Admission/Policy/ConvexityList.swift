public import CanonicalBytes

/// The circuits that a venue lists as *convex along coordinates*, each by digest and with a written reason.
///
/// A circuit is that if, under every snapshot, for every two books that meet it and differ in one position
/// and in cash alone, the books between them at whole lots meet it too, and so does each of those with more
/// cash. Orders rest on it (``Headroom``): the desk grants room between two proved commitments under listed
/// circuits and no others.
///
/// No property of the statement shows it. A circuit without product gates is not convex for that: an advice
/// value of 0 … 1 with large coefficients is a choice between two sets of books, neither of which need hold
/// what is between them (A54). One with product gates may be, as the second-order cone of value at risk is.
/// So somebody reasons, the reason is written down, and the digest says of which text it speaks: a circuit
/// that is changed is listed no more.
public struct ConvexityList: Hashable, Sendable {
  /// The reasons by circuit.
  public private(set) var reasons: [Digest: String]
  /// The longest reason, in bytes.
  public static let reasonByteLimit = 1 << 12

  /// A list of these reasons; those without a word, or too long, are left out.
  public init(_ reasons: [Digest: String]) {
    self.reasons = reasons.filter { !$0.value.isEmpty && $0.value.utf8.count <= Self.reasonByteLimit }
  }

  /// The list with another one added.
  public func adding(_ reasons: [Digest: String]) -> ConvexityList {
    ConvexityList(self.reasons.merging(reasons) { $1 })
  }

  /// No circuit: orders of one lot alone.
  public static let none = ConvexityList([:])

  /// The circuits that come with the command.
  ///
  /// `collateral_ratio` is not listed: it admits no positions, so there is no order under it.
  public static let shipped = ConvexityList(
    Dictionary(
      uniqueKeysWithValues: [
        (
          // portfolio-margin
          "e080b7b7d9dd7b35e23db95b2f4fee0b473f34cad81727f5eb7dd472ca883480",
          """
          Equity is concave in the book and the two requirements are convex. Equity: a tranche counts no more than the one \
          before it, a long lot the lower and a short lot the upper mark, a debt is linear. Requirements: a bracket is \
          charged no less than the one before it; the reserve of a group is the maximum of 0 and linear losses, where \
          long and short results of a lot add up to at most 0; contingency is linear in each side. So equity minus either \
          requirement is concave, and not negative between two books where it is not. Brackets and tranches are filled \
          exactly at whole lots and reserves are maxima of integers, so the advice of a book between is whole too. Cash \
          stands in equity alone, with the factor 1.
          """
        ),
        (
          // cross-margin
          "5f8cf1d9dd61c11dbaeb2a4c2fa39ce51bc0f49e36e972066c0d4e93cc301d80",
          """
          As portfolio margin without its scenarios: equity is concave in the book (tranches descend, long lots at the \
          lower and short ones at the upper mark), the bracket requirement is convex (brackets ascend on each side), so \
          their difference is concave; brackets and tranches are filled exactly at whole lots, and cash stands in equity \
          alone, with the factor 1.
          """
        ),
        (
          // value-at-risk
          "32b739b5eed6b87d89b7f96e20b62649a4e35de75096337f79e559e834ccfd11",
          """
          A book meets it if equity is at least the Euclidean norm of its factor exposures. Exposures are linear in the \
          positions, so their norm is convex; equity is concave as in cross margin; so norm minus equity is convex, and \
          not positive between two books where it is not. The product gates only square both sides, which equity >= 0 \
          allows. Sides and tranches are whole at whole lots, and cash stands in equity alone, with the factor 1.
          """
        ),
      ].compactMap { hex, reason in Digest(hex: hex).map { ($0, reason) } }))
}
