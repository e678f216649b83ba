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
      "asOf": .string(UTCTime.text(rule.snapshot.asOf)),
      "validFrom": .string(UTCTime.text(rule.snapshot.validFrom)),
      "validTo": .string(UTCTime.text(rule.snapshot.validTo)), "isInForce": .bool(validity.isInForce),
      "haltLevel": .integer(rule.snapshot.haltLevel), "notes": .array(notes.map { .string($0) }),
      "registry": .string(rule.key.registry.description), "account": .string(subject.account.description),
      "commitment": subject.commitment.map { .hex($0.commitment.encoded.bytes) } ?? .null,
      "amounts": .object(explanation.amounts.map { JSONMember($0.coordinate, .integer($0.value)) }),
      "isProvable": .bool(evaluation.isProvable), "conclusion": .string(conclusion),
      "units": [
        "USD":
          "decimal string to the quantum, 0.000001 USD, rounded against the account; parts add up to the slack",
        "priceUSD": "decimal string, of one unit of what a lot is an amount of, rounded towards 0",
        "Quanta": "integer, 0.000001 USD", "Lots": "integer, lots of the snapshot",
        "Amount": "decimal amount and its asset; null where the snapshot does not say what a lot is",
        "holdsAgainAtLots":
          "integer, a larger size that passes; null where none of those tried does, which is not all of them unless exact",
        "ppm": "integer, parts per million", "slack": "decimal string, in units of the rule",
        "value": "decimal string, in units of the rule; USD is null where they are not money",
      ],
      "binding": binding.map { .string($0.requirement.name) } ?? .null,
      "hasRoomForCash": .bool(hasRoomForCash),
      "headroomUSD": headroomQuanta.map { .string(Money.exact($0)) } ?? .null,
      "headroomLimit": headroomLimit, "isCuredByCash": isCuredByCash,
      "notCuredByCash": .array(
        (explanation.incurable?.rows ?? []).map {
          .string(explanation.requirements[$0].requirement.name)
        }),
      "shortfallOfOthersUSD": explanation.incurable.map { .string(Money.exact($0.othersQuanta)) } ?? .null,
      "moves": .array(explanation.headroom.moves.map(\.json)),
      "prices": .array(explanation.headroom.prices.map(\.json)),
      "withoutGroup": .array(explanation.headroom.withoutGroup.map { .string($0) }),
      "requirements": .array(explanation.requirements.map(json)),
      "orders": .array(shownOrders.map(\.json)),
      "instrumentsNotAskedAbout": .integer(omittedInstruments),
      "withdrawals": .array(
        explanation.withdrawals.map { withdrawal in
          [
            "asset": .string(withdrawal.asset), "largestLots": .integer(withdrawal.lots),
            "largestAmount": amount(withdrawal).map { .string($0) } ?? .null,
            "exact": .bool(withdrawal.isExact),
            "holdsAgainAtLots": withdrawal.holdsAgainAt.map { .integer($0) } ?? .null,
          ]
        }),
      "scenarios": .array(
        explanation.scenarios.map { gain in
          [
            "group": .string(gain.group), "pricePpm": .integer(gain.scenario.price),
            "volatilityPpm": .integer(gain.scenario.vol), "weightPpm": .integer(gain.scenario.weight),
            "gainUSD": .string(Money.exact(gain.quanta)),
          ]
        }),
    ]
  }

  /// Whether cash makes a book that fails meet the rule; null for one that meets it or is not admitted.
  private var isCuredByCash: JSONValue {
    let evaluation = explanation.evaluation
    guard evaluation.admission == .admitted, !evaluation.requirements.allSatisfy(\.holds) else {
      return .null
    }
    return .bool(hasRoomForCash && explanation.headroom.quanta != nil)
  }

  /// What stops cash from leaving.
  private var headroomLimit: JSONValue {
    guard hasRoomForCash else { return .null }
    return switch explanation.headroom.limit {
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
      "slackUSD": requirement.slackQuanta.map { .string(Money.exact($0)) } ?? .null,
      "bound": .string(row.bound.description), "verdict": .string(row.verdict.text),
      "holdsAdvice": .bool(row.supportsAdvice),
      "parts": .array(
        requirement.parts.map { part in
          [
            "definition": part.definition.map { .string($0) } ?? .null, "name": .string(part.name),
            "label": .string(words.text(part, of: requirement)),
            "factors": .array(part.factors.map { .string($0) }),
            "value": .string(part.value.asInteger().description),
            "USD": part.quanta.map { .string(Money.exact($0)) } ?? .null,
          ]
        }),
    ]
  }
}
