import MarginRules
import TestSupport
import Testing

@Suite("Risk snapshot: what is sound")
struct SnapshotValidationTests {
  @Test
  func `A19: every integer is accepted at both ends of its range and refused one beyond`() throws {
    let draft = SnapshotFixture.draft()
    var tested = 0
    for (index, field) in try FieldProbe.fields(of: draft).enumerated() {
      guard case .integer(let range) = field.kind else { continue }
      // Codes of words have no value beyond their range.
      guard !["regime", "kind"].contains(where: field.path.hasSuffix) else { continue }
      for (value, isInside) in [
        (range.lowerBound - 1, false), (range.lowerBound, true), (range.upperBound, true),
        (range.upperBound + 1, false),
      ] {
        let changed = try FieldProbe.changing(draft, field: index, .integer { _ in value })
        let rule = SnapshotRule.outOfRange(
          value, lower: range.lowerBound, upper: range.upperBound)
        let found = error(of: changed)
        if isInside {
          // Another rule may still forbid it.
          #expect(found?.broken?.rule != rule, "\(field.path) = \(value)")
        } else {
          #expect(found == .invalid(path: field.path, rule: rule))
        }
        tested += 1
      }
    }
    #expect(tested == 4 * 83)
  }

  @Test("every list is refused with one element too few or too many")
  func counts() throws {
    let draft = SnapshotFixture.draft()
    for (index, field) in try FieldProbe.fields(of: draft).enumerated() {
      guard case .count(let range) = field.kind else { continue }
      for count in [range.lowerBound - 1, range.upperBound + 1] where count >= 0 {
        let changed = try FieldProbe.changing(draft, field: index, .count { _ in count })
        let rule = SnapshotRule.wrongCount(
          count, lower: range.lowerBound, upper: range.upperBound)
        #expect(error(of: changed) == .invalid(path: field.path, rule: rule))
      }
    }
  }

  @Test
  func `A13: identifiers are short printable ASCII without spaces and slashes`() throws {
    let draft = SnapshotFixture.draft()
    let long = String(repeating: "x", count: 64)
    for (index, field) in try FieldProbe.fields(of: draft).enumerated() {
      guard case .text(let form) = field.kind else { continue }
      let bad =
        switch form {
        case .identifier: ["", "a/b", "a b", "é", "a\n", "\u{212A}", long + "x"]
        case .label: ["", "é", "a\n", "\u{7F}", long + "x"]
        case .note: [String(repeating: "é", count: 513)]
        case .name: ["", "A", "a-b", "é", "1", long + "x"]
        }
      for text in bad {
        let changed = try FieldProbe.changing(draft, field: index, .text { _ in text })
        #expect(error(of: changed) == .invalid(path: field.path, rule: .malformedText))
      }
    }
    var longest = draft
    longest.factors[0].id = long
    longest.instruments[0].lot = long
    longest.note = String(repeating: "é", count: 512)
    #expect(error(of: longest) == nil)
  }

  /// One broken rule: the change that breaks it, the path and the rule.
  struct Violation: Sendable, CustomTestStringConvertible {
    let path: String
    let rule: SnapshotRule
    let change: @Sendable (inout SnapshotDraft) -> Void

    init(
      _ path: String, _ rule: SnapshotRule, _ change: @escaping @Sendable (inout SnapshotDraft) -> Void
    ) {
      self.path = path
      self.rule = rule
      self.change = change
    }

    var testDescription: String { "\(path) \(rule)" }
  }

  static let violations = [
    Violation("asOf", .late(1_770_326_978, latest: 1_770_326_977, field: "validFrom")) {
      $0.asOf = $0.validFrom + 1
    },
    Violation("validTo", .early(1_770_326_977, earliest: 1_770_326_978, field: "validFrom")) {
      $0.validTo = $0.validFrom
    },
    Violation("factors[1]", .duplicate(of: "factors[0]")) { $0.factors[1].id = "level" },
    Violation("groups[1].id", .duplicate(of: "groups[0].id")) { $0.groups[1].id = "g" },
    Violation("collateral[1].id", .duplicate(of: "collateral[0].id")) { $0.collateral[1].id = "USD" },
    Violation("instruments[1].id", .duplicate(of: "instruments[0].id")) {
      $0.instruments[1].id = "PERP"
    },
    Violation("collateral[0].group", .unknownGroup("x")) { $0.collateral[0].group = "x" },
    Violation("instruments[1].group", .unknownGroup("x")) { $0.instruments[1].group = "x" },
    Violation("collateral[1].tranches[1].capLots", .unboundedBeforeLast) {
      $0.collateral[1].tranches[1].capLots = nil
    },
    Violation("collateral[1].tranches[2].capLots", .lastIsBounded) {
      $0.collateral[1].tranches[2].capLots = 9
    },
    Violation(
      "collateral[1].tranches[0].valIM",
      .above(601, maximum: 600, field: "collateral[1].tranches[0].valMM")
    ) { $0.collateral[1].tranches[0].valIM = 601 },
    Violation(
      "collateral[1].tranches[1].valIM",
      .above(501, maximum: 500, field: "collateral[1].tranches[0].valIM")
    ) { $0.collateral[1].tranches[1].valIM = 501 },
    Violation(
      "collateral[1].tranches[1].valMM",
      .above(601, maximum: 600, field: "collateral[1].tranches[0].valMM")
    ) { $0.collateral[1].tranches[1].valMM = 601 },
    Violation("collateral[0].debtIM", .below(100, minimum: 101, field: "collateral[0].debtMM")) {
      $0.collateral[0].debtIM = 100
    },
    Violation(
      "collateral[0].debtIM", .below(90, minimum: 99, field: "collateral[0].tranches[0].valIM")
    ) {
      $0.collateral[0].debtIM = 90
      $0.collateral[0].debtMM = 90
    },
    Violation(
      "collateral[0].debtMM", .below(99, minimum: 100, field: "collateral[0].tranches[0].valMM")
    ) { $0.collateral[0].debtMM = 99 },
    Violation("instruments[0].long[0].capLots", .unboundedBeforeLast) {
      $0.instruments[0].long[0].capLots = nil
    },
    Violation("instruments[0].short[1].capLots", .lastIsBounded) {
      $0.instruments[0].short[1].capLots = 1
    },
    Violation(
      "instruments[0].long[1].imPerLot",
      .below(9, minimum: 10, field: "instruments[0].long[1].mmPerLot")
    ) { $0.instruments[0].long[1].imPerLot = 9 },
    Violation(
      "instruments[0].long[1].imPerLot",
      .below(19, minimum: 20, field: "instruments[0].long[0].imPerLot")
    ) { $0.instruments[0].long[1].imPerLot = 19 },
    Violation(
      "instruments[0].short[1].mmPerLot",
      .below(10, minimum: 11, field: "instruments[0].short[0].mmPerLot")
    ) { $0.instruments[0].short[1].mmPerLot = 10 },
    Violation("instruments[1].markCeil", .below(199, minimum: 200, field: "instruments[1].markFloor")) {
      $0.instruments[1].markCeil = 199
    },
    Violation("instruments[0].pnlLong", .wrongCount(1, lower: 2, upper: 2)) {
      $0.instruments[0].pnlLong.removeLast()
    },
    Violation("instruments[0].pnlShort", .wrongCount(3, lower: 2, upper: 2)) {
      $0.instruments[0].pnlShort.append(0)
    },
    Violation("instruments[0].pnlShort[1]", .offsettingLotsGain(1)) {
      $0.instruments[0].pnlShort[1] = -149
    },
    Violation("instruments[0].factors", .wrongCount(1, lower: 2, upper: 2)) {
      $0.instruments[0].factors = [1]
    },
    Violation("instruments[0].factors", .loadingsWithoutFactors) {
      $0.factors = []
      $0.instruments[0].factors = []
    },
    Violation("instruments[0].factors", .loadingsWithoutFactors) {
      $0.factors = []
      $0.instruments[0].factors = [1_000]
    },
    Violation("instruments[0].factors", .wrongCount(0, lower: 2, upper: 2)) {
      $0.instruments[0].factors = []
    },
    Violation("instruments[0].factors", .noCharge) { $0.instruments[0].factors = [0, 0] },
    Violation("instruments[0].long[0].mmPerLot", .noCharge) { $0.instruments[0].long[0].mmPerLot = 0 },
    Violation("instruments[0].pnlLong", .noCharge) {
      $0.instruments[0].long = []
      $0.instruments[0].contLong = 0
      $0.instruments[0].pnlLong = [0, 1]
      $0.instruments[0].pnlShort = [0, -1]
    },
    Violation("instruments[0].pnlShort", .noCharge) {
      $0.instruments[0].short = []
      $0.instruments[0].contShort = 0
      $0.instruments[0].pnlLong = [-1, 0]
      $0.instruments[0].pnlShort = [1, 0]
    },
  ]

  @Test("each rule between fields is enforced and names its path", arguments: violations)
  func rules(_ violation: Violation) {
    var draft = SnapshotFixture.draft()
    #expect(error(of: draft) == nil)
    violation.change(&draft)
    #expect(error(of: draft) == .invalid(path: violation.path, rule: violation.rule))
  }

  @Test("equal neighbours are monotone: the rules hold at equality")
  func equality() {
    var draft = SnapshotFixture.draft()
    draft.validTo = draft.validFrom + 1
    draft.asOf = draft.validFrom
    draft.collateral[1].tranches[1].valIM = 500
    draft.collateral[1].debtIM = 600
    draft.collateral[1].debtMM = 600
    draft.instruments[0].long[1].imPerLot = 20
    draft.instruments[0].markCeil = draft.instruments[0].markFloor
    draft.instruments[0].pnlShort[1] = -150
    #expect(error(of: draft) == nil)
  }

  @Test
  func `A11: a snapshot may have 32768 terms in a row and no more`() {
    var draft = SnapshotFixture.draft()
    // 2 for cash, 7 for assets, 5 for brackets of the first instrument, 2 groups
    let others = 2 + 7 + 5 + 2
    var wide = draft.instruments[1]
    wide.pnlLong = [-1, 0]
    wide.pnlShort = [0, -1]
    func brackets(_ count: Int) -> [Bracket] {
      (1...count).map { Bracket(capLots: $0 == count ? nil : 1, imPerLot: 1, mmPerLot: 1) }
    }
    draft.instruments[1...] = []
    var left = 32_768 - others
    while left > 0 {
      let long = min(64, left - 1)
      let short = min(64, left - long)
      wide.id = "WIDE-\(left)"
      (wide.long, wide.short) = (brackets(long), brackets(short))
      draft.instruments.append(wide)
      left -= long + short
      if left == 1 { break }
    }
    if left == 1 {
      draft.instruments[draft.instruments.count - 1].short.insert(
        Bracket(capLots: 1, imPerLot: 1, mmPerLot: 1), at: 0)
    }
    #expect(error(of: draft) == nil)
    draft.groups.append(ScenarioGroup(id: "i", scenarios: draft.groups[0].scenarios))
    #expect(
      error(of: draft)
        == .invalid(path: "instruments", rule: .tooManyTerms(32_769, limit: 32_768)))
  }
}
