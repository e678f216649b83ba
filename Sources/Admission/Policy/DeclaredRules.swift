internal import CanonicalBytes
internal import Solvency

/// The rules of this library by their declarations: what a policy is read back with.
enum DeclaredRules {
  /// The rule of a declaration; nil if this library has none that declares so.
  static func rule(_ declaration: String) -> (any AdmissionRule)? {
    let words = declaration.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    guard let name = words.first, let rule = rule(name, Array(words.dropFirst())),
      rule.declaration == declaration
    else { return nil }
    return rule
  }

  private static func rule(_ name: String, _ values: [String]) -> (any AdmissionRule)? {
    switch name {
    case "known-account": KnownAccount()
    case "addressed-here": AddressedHere()
    case "bound-nonce": BoundNonce()
    case "unused-nonce": UnusedNonce()
    case "open-window": values.first.flatMap { UInt64($0) }.map { OpenWindow(longest: $0) }
    case "trusted-circuit":
      values.isEmpty ? TrustedCircuit() : TrustedCircuit(Set(values.compactMap { Digest(hex: $0) }))
    case "snapshot-in-force": SnapshotInForce()
    case "registry-of-account": RegistryOfAccount()
    case "present-state": PresentState()
    case "convex-headroom": ConvexHeadroom()
    case "valid-attestation": ValidAttestation()
    case "margin-zone": MarginZone()
    case "present-snapshot-for-orders": PresentSnapshotForOrders()
    case "circuit-breakers": CircuitBreakers()
    case "position-limits": PositionLimits()
    case "request-limit": values.first.flatMap { Int($0) }.map { RequestLimit(perEpoch: $0) }
    case "answers-challenge": AnswersChallenge()
    case "not-in-liquidation": NotInLiquidation()
    case "order-flow-limit": orderFlowLimit(values)
    default: nil
    }
  }

  private static func orderFlowLimit(_ values: [String]) -> OrderFlowLimit? {
    var lots: [String: UInt64] = [:]
    for value in values {
      let parts = value.split(separator: "=", omittingEmptySubsequences: false)
      guard parts.count == 2, let limit = UInt64(parts[1]) else { return nil }
      lots[String(parts[0])] = limit
    }
    return OrderFlowLimit(lots: lots)
  }
}
