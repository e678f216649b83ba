public import CanonicalBytes
internal import MarginRules
internal import Ristretto
internal import Solvency

extension AccountState {
  /// The state as data: times in seconds since 1970, digests and points in hexadecimal, null for what there
  /// is not.
  ///
  ///     {"account": "alice", "status": "current", "registry": …, "commitment": …, "sequence": 3,
  ///      "standing": {…}, "epoch": 17, "deadline": 1770330578, "attestedUntil": …, "lastProof": …,
  ///      "headroom": {…}, "escrow": null}
  public var json: JSONValue {
    [
      "account": .string(account.description), "status": .string(status.rawValue),
      "registry": .string(registry.description), "commitment": .hex(commitment.bytes),
      "sequence": .integer(sequence), "standing": standing.map(\.json) ?? .null,
      "epoch": .integer(epoch), "deadline": .integer(deadline.seconds),
      "attestedUntil": .integer(attestedUntil.seconds),
      "lastProof": lastProof.map { .string($0.description) } ?? .null,
      "headroom": headroom.map(\.json) ?? .null, "escrow": escrow.map(\.json) ?? .null,
    ]
  }
}

extension EscrowState {
  /// The escrow as data.
  public var json: JSONValue {
    [
      "package": .string(package.description), "sequence": .integer(sequence),
      "needsRenewal": .bool(needsRenewal),
    ]
  }
}

extension Standing {
  /// The standing as data: the claim, and the request that shows it.
  public var json: JSONValue {
    let (word, request) =
      switch evidence {
      case .proof(let request): ("proof", request)
      case .segment(let request): ("segment", request)
      }
    return [
      "kind": .string(kind.rawValue), "circuit": .string(claim.circuit.description),
      "snapshot": .string(claim.snapshot.description), "epoch": .integer(epoch),
      "registry": .string(claim.registry.description), "evidence": .string(word),
      "request": .string(request.description),
    ]
  }
}
