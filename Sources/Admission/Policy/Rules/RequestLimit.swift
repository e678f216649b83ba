/// An account has a limited number of requests accepted in an epoch. Refused ones do not count, as anybody
/// may send them.
public struct RequestLimit: AdmissionRule {
  /// The most requests.
  public let perEpoch: Int

  /// A limit of `perEpoch` requests in an epoch.
  public init(perEpoch: Int) {
    self.perEpoch = perEpoch
  }

  /// ``RefusalReason/requestLimit``.
  public func objection(to review: borrowing Review) -> RefusalReason? {
    review.acceptedProofs < perEpoch ? nil : .requestLimit
  }

  /// The name and the values.
  public var declaration: String { "request-limit \(perEpoch)" }
}
