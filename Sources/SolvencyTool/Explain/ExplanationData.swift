internal import CanonicalBytes
internal import CircuitLanguage
internal import ExactIntegers
internal import MarginRules
internal import Solvency
internal import SolvencyProver

extension ExplanationText {
  /// The same for programs. Names of members end in their unit.
  var json: JSONValue {
    let evaluation = explanation.evaluation
    return [
      "circuit": .string(rule.circuitName), "kind": .string(rule.key.kind.rawValue),
      "circuitDigest": .string(rule.key.circuit.description),
      "snapshot": .string(rule.key.snapshot.description), "epoch": .integer(rule.snapshot.epoch),
      "registry": .string(rule.key.registry.description), "account": .string(subject.account.description),
      "commitment": subject.commitment.map { .hex($0.commitment.encoded.bytes) } ?? .null,
      "amounts": .object(explanation.amounts.map { JSONMember($0.coordinate, .integer($0.value)) }),
      "isProvable": .bool(evaluation.isProvable), "conclusion": .string(conclusion),
      "units": [
        "USD": "decimal string, rounded against the account; 1 USD is 1000000 quanta",
        "priceUSD": "decimal string, of one unit of what a lot is an amount of, rounded towards 0",
        "Quanta": "integer, 0.000001 USD", "Lots": "integer, lots of the snapshot",
        "ppm": "integer, parts per million", "slack": "decimal string, in units of the rule",
        "value": "decimal string, in units of the rule; USD is null where they are not money",
      ],
      "binding": binding.map { .string($0.requirement.name) } ?? .null,
      "headroomUSD": explanation.headroom.quanta.map { .string(Money.plain($0)) } ?? .null,
      "headroomLimit": headroomLimit,
      "moves": .array(explanation.headroom.moves.map(\.json)),
      "prices": .array(explanation.headroom.prices.map(\.json)),
      "withoutGroup": .array(explanation.headroom.withoutGroup.map { .string($0) }),
      "requirements": .array(explanation.requirements.map(json)),
      "orders": .array(
        explanation.orders.map { order in
          [
            "instrument": .string(order.instrument), "side": order.isPurchase ? "buy" : "sell",
            "largestLots": .integer(order.lots), "valueUSD": .string(Money.plain(order.valueQuanta)),
            "limit": order.limit.json, "exact": .bool(order.isExact),
            "holdsAgainAtLots": order.holdsAgainAt.map { .integer($0) } ?? .null,
          ]
        }),
      "instrumentsNotAskedAbout": .integer(omittedInstruments),
      "withdrawals": .array(
        explanation.withdrawals.map { withdrawal in
          [
            "asset": .string(withdrawal.asset), "largestLots": .integer(withdrawal.lots),
            "exact": .bool(withdrawal.isExact),
            "holdsAgainAtLots": withdrawal.holdsAgainAt.map { .integer($0) } ?? .null,
          ]
        }),
      "scenarios": .array(
        explanation.scenarios.map { gain in
          [
            "group": .string(gain.group), "pricePpm": .integer(gain.scenario.price),
            "volatilityPpm": .integer(gain.scenario.vol), "weightPpm": .integer(gain.scenario.weight),
            "gainUSD": .string(Money.plain(gain.quanta)),
          ]
        }),
    ]
  }

  /// What stops cash from leaving.
  private var headroomLimit: JSONValue {
    switch explanation.headroom.limit {
    case .room(let name): ["kind": "room", "name": .string(name)]
    case .requirements:
      binding.map { ["kind": "requirement", "name": .string($0.requirement.name)] } ?? ["kind": "notFound"]
    case nil: .null
    }
  }

  private func json(_ requirement: AccountExplanation.Requirement) -> JSONValue {
    let row = requirement.requirement
    return [
      "name": .string(row.name), "line": .integer(row.line),
      "slack": .string(row.value.asInteger().description),
      "slackUSD": requirement.slackQuanta.map { .string(Money.plain($0)) } ?? .null,
      "bound": .string(row.bound.description), "verdict": .string(row.verdict.text),
      "holdsAdvice": .bool(row.supportsAdvice),
      "parts": .array(
        requirement.parts.map { part in
          [
            "definition": part.definition.map { .string($0) } ?? .null, "name": .string(part.name),
            "value": .string(part.value.asInteger().description),
            "USD": part.quanta.map { .string(Money.plain($0)) } ?? .null,
          ]
        }),
    ]
  }
}
