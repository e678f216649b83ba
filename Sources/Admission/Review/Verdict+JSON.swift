public import CanonicalBytes
internal import Solvency

extension Verdict {
  /// The verdict as data: `{"verdict": "admitted", "sequence": 0, …}`, `reduce-only`, or
  /// `{"verdict": "refused", "reasons": ["stale-snapshot"]}`. A receipt has the signed head of the log.
  public var json: JSONValue { .object(jsonMembers) }

  /// The members of ``json``, for a caller that adds its own.
  public var jsonMembers: [JSONMember] {
    switch self {
    case .admitted(let receipt): [JSONMember("verdict", "admitted")] + receipt.jsonMembers
    case .reduceOnly(let receipt): [JSONMember("verdict", "reduce-only")] + receipt.jsonMembers
    case .refused(let reasons):
      [
        JSONMember("verdict", "refused"),
        JSONMember("reasons", .array(reasons.map { .string($0.code) })),
      ]
    }
  }
}

extension Receipt {
  fileprivate var jsonMembers: [JSONMember] {
    [
      JSONMember("sequence", .integer(sequence)), JSONMember("epoch", .integer(epoch)),
      JSONMember("decided", .integer(decided.seconds)),
      JSONMember("until", .integer(until.seconds)),
      JSONMember("headroom", headroom.map(\.json) ?? .null), JSONMember("entry", .integer(entry)),
      JSONMember("signedHead", head.json),
    ]
  }
}

extension Headroom {
  /// The headroom as data: `{"coordinate": 0, "side": "buy", "lots": 5, "cashPerLot": -63718971}`, the
  /// coordinate by its index in the registry.
  public var json: JSONValue {
    [
      "coordinate": .integer(coordinate), "side": .string("\(side)"), "lots": .integer(lots),
      "cashPerLot": .integer(cashPerLot),
    ]
  }
}
