internal import Synchronization

/// Lets each key make a number of requests a second, and a number at once: a bucket of tokens for each.
///
/// Memory is bounded: when there are too many keys, those whose buckets are full again are forgotten, which
/// changes nothing for them; if none is, newcomers share one bucket.
public final class RateLimiter: Sendable {
  /// What a key may do.
  public struct Allowance: Hashable, Sendable {
    /// Requests a second in the long run; 0 for no limit.
    public var perSecond: Double
    /// Requests at once after a pause, at least 1.
    public var burst: Double

    /// An allowance of these parts.
    public init(perSecond: Double, burst: Double) {
      (self.perSecond, self.burst) = (max(0, perSecond), max(1, burst))
    }
  }

  private struct Bucket {
    var tokens: Double
    var at: UInt64
  }

  private struct State {
    var buckets: [String: Bucket] = [:]
    var shared: Bucket?
  }

  private let allowance: Allowance
  private let keyLimit: Int
  private let state = Mutex(State())

  /// A limiter with full buckets.
  public init(_ allowance: Allowance, keyLimit: Int = 65_536) {
    self.allowance = allowance
    self.keyLimit = max(1, keyLimit)
  }

  /// Number of keys that are remembered.
  public var keyCount: Int { state.withLock { $0.buckets.count } }

  /// Takes a token of a key's bucket.
  ///
  /// - Parameter nanoseconds: a clock that does not go back.
  /// - Returns: nil if there was one; otherwise after how many seconds there will be.
  public func take(_ key: String, at nanoseconds: UInt64) -> Int? {
    guard allowance.perSecond > 0 else { return nil }
    return state.withLock { state in
      if state.buckets[key] == nil, state.buckets.count >= keyLimit {
        state.buckets = state.buckets.filter { filled($0.value, at: nanoseconds) < allowance.burst }
      }
      let isShared = state.buckets[key] == nil && state.buckets.count >= keyLimit
      var bucket =
        (isShared ? state.shared : state.buckets[key]) ?? Bucket(tokens: allowance.burst, at: nanoseconds)
      bucket.tokens = filled(bucket, at: nanoseconds)
      bucket.at = max(bucket.at, nanoseconds)
      let isFree = bucket.tokens >= 1
      if isFree { bucket.tokens -= 1 }
      if isShared { state.shared = bucket } else { state.buckets[key] = bucket }
      return isFree ? nil : max(1, Int(((1 - bucket.tokens) / allowance.perSecond).rounded(.up)))
    }
  }

  private func filled(_ bucket: Bucket, at nanoseconds: UInt64) -> Double {
    let elapsed = Double(nanoseconds - min(bucket.at, nanoseconds)) / 1e9
    return min(allowance.burst, bucket.tokens + elapsed * allowance.perSecond)
  }
}
