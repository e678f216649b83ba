/// Which of its two requirements an account is held to.
public enum MarginKind: String, CaseIterable, Hashable, Sendable {
  /// What opening positions takes.
  case initial
  /// What keeping them takes.
  case maintenance
}

extension Tiers {
  /// θ for the bracket requirement of a kind, in ppm.
  public func multiplier(_ kind: MarginKind) -> Int64 {
    switch kind {
    case .initial: initial
    case .maintenance: maintenance
    }
  }
}
