public import CanonicalBytes

/// When a new snapshot comes, so that nobody can trade just before it (M37): at each block with the same
/// small probability, decided by public randomness that is known only after the block before is closed.
///
///     update iff SHA-256(beacon ‖ id) < p·2²⁵⁶
///
/// The waiting time is geometric: however long one has waited, the chance of the next block is p. No snapshot
/// comes sooner than the least age, except in an emergency that tightens; one comes at the greatest age at
/// the latest.
public struct RandomInterval: Hashable, Sendable {
  /// p in ppm.
  public var hazard: Int64
  /// The least age of a snapshot before the next, in seconds.
  public var least: Int64
  /// The greatest age, in seconds.
  public var greatest: Int64

  /// These terms.
  public init(hazard: Int64, least: Int64, greatest: Int64) {
    self.hazard = hazard
    self.least = least
    self.greatest = greatest
  }

  /// The terms of a configuration.
  public init(_ configuration: EngineConfiguration) {
    self.init(
      hazard: configuration[.updateHazard], least: configuration[.updateLeast],
      greatest: configuration[.updateMost])
  }

  /// Why a snapshot is due.
  public enum Reason: String, Hashable, Sendable {
    /// The lot fell on this block.
    case drawn
    /// The last snapshot is too old.
    case age
    /// The market demands tighter margin at once.
    case emergency
  }

  /// Whether a snapshot is due, and why.
  ///
  /// - Parameters:
  ///   - beacon: the randomness of this block.
  ///   - id: the name of the venue, so that each draws its own lot.
  ///   - age: seconds since the last snapshot.
  ///   - isEmergency: whether margin must tighten now.
  public func due(
    beacon: Digest, id: [UInt8], age: Int64, isEmergency: Bool = false
  ) -> Reason? {
    if isEmergency { return .emergency }
    if age >= greatest { return .age }
    if age < least { return nil }
    return isDrawn(beacon: beacon, id: id) ? .drawn : nil
  }

  /// Whether SHA-256(beacon ‖ id) < p·2²⁵⁶ with p = hazard/10⁶, exactly: 10⁶·hash < hazard·2²⁵⁶.
  public func isDrawn(beacon: Digest, id: [UInt8]) -> Bool {
    if hazard >= 1_000_000 { return true }
    // 10⁶·hash by schoolbook multiplication from the last byte; what is carried out is ⌊10⁶·hash/2²⁵⁶⌋, and
    // that is below the hazard exactly when the product is.
    let hash = Digest.sha256(of: beacon.bytes + id).bytes
    let carry = hash.reversed().reduce(0 as UInt64) { ($0 + 1_000_000 * UInt64($1)) >> 8 }
    return Int64(carry) < hazard
  }
}
