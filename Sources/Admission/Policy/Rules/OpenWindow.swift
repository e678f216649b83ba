internal import CanonicalBytes
internal import Solvency

/// The proof may be used now, and not for longer than a nonce is worth remembering (A34).
public struct OpenWindow: AdmissionRule {
  /// The longest window, in seconds.
  public let longest: UInt64

  /// Windows of at most `longest` seconds.
  public init(longest: UInt64) {
    self.longest = longest
  }

  /// ``RefusalReason/notYetIssued``, ``RefusalReason/expired`` or ``RefusalReason/windowTooLong``.
  public func objection(to review: borrowing Review) -> RefusalReason? {
    let context = review.request.envelope.context
    guard context.issued <= review.now.advanced(by: review.clockSkew) else { return .notYetIssued }
    guard review.now < context.expires else { return .expired }
    return context.expires <= context.issued.advanced(by: longest) ? nil : .windowTooLong
  }

  /// The name and the values.
  public var declaration: String { "open-window \(longest)" }
}
