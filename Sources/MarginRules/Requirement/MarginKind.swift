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

extension SnapshotDraft {
  /// β for the portfolio requirement of a kind, in ppm: the buffer is asked of those who open positions,
  /// and keeping them takes the bare losses.
  public func buffer(_ kind: MarginKind) -> Int64 {
    switch kind {
    case .initial: bufferPpm
    case .maintenance: million
    }
  }
}
