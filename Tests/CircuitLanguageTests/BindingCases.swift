import CircuitLanguage
import Testing

/// Small rules that bind their advice, and the market that they are tried on.
enum SmallRules {
  static let parameters: ParameterValue = [
    "limit": 1_000, "theta": 1_200_000,
    "instruments": [
      .record(
        id: "BTC",
        [
          "limit": 1000, "price": 30, "pnl": [-7, 3, 12],
          "long": [["cap": 10, "margin": 1], ["cap": 40, "margin": 6]],
        ]),
      .record(
        id: "ETH",
        [
          "limit": 1000, "price": 11, "pnl": [2, -5, 1],
          "long": [["cap": 20, "margin": 1], ["cap": 20, "margin": 3]],
        ]),
    ],
    "collateral": [.record(id: "USD", ["tranches": [["cap": 500, "value": 9], ["cap": 500, "value": 4]]])],
  ]

  static let coordinates = ["cash", "debt", "holding/USD", "position/BTC", "position/ETH"]

  /// The sum of absolute notionals is at most ten times the cash. So it seems.
  static let gross = """
    committed cash in 0 ... 2^40
    committed position[i in instruments] in -i.limit ... i.limit
    advice size[i in instruments] in 0 ... 100_000 := max(position[i], -position[i])
    require "gross exposure" : 10 * cash - sum(i in instruments : i.price * size[i]) >= 0
    """

  // MARK: Rules in order

  static let sized = """
    committed cash in 0 ... 2^40
    committed position[i in instruments] in -i.limit ... i.limit
    advice size[i in instruments] in 0 ... 100_000 := max(position[i], -position[i])
    require "long {i}"  for i in instruments : size[i] >= position[i]
    require "short {i}" for i in instruments : size[i] >= -position[i]
    require "gross exposure" : 10 * cash - sum(i in instruments : i.price * size[i]) >= 0
    """

  static let sides = """
    committed cash in 0 ... 2^40, position[i in instruments]
    advice long[i in instruments, k in i.long] in 0 ... k.cap := fill(max(position[i], 0), i.long, k)
    advice short[i in instruments] in 0 ... i.limit := max(-position[i], 0)
    link for i in instruments : position[i] == sum(k in i.long : long[i, k]) - short[i]
    require "margin" : cash - sum(i in instruments, k in i.long : k.margin * long[i, k])
      - sum(i in instruments : i.price * short[i]) >= 0
    """

  static let scenarios = """
    committed cash in 0 ... 2^40, position[i in instruments] in -i.limit ... i.limit
    let pnl(s) = sum(i in instruments : i.pnl[s] * position[i])
    advice reserve in 0 ... 2^40 := max(0, max(s in 0 ..< 3 : -pnl(s)))
    require "scenario {s}" for s in 0 ..< 3 : reserve + pnl(s) >= 0
    require "margin" : cash - reserve >= 0
    """

  static let capped = """
    committed cash in 0 ... 2^40, debt in 0 ... 10_000, holding[a in collateral] in 0 ... 1000
    advice counted[a in collateral] in 0 ... 1000 := min(holding[a], 400)
    require "held {a}" for a in collateral : counted[a] <= holding[a]
    require "cap {a}" for a in collateral : counted[a] <= 400
    require "covered" : cash + sum(a in collateral : 9 * counted[a]) - 3 * debt >= 0
    """

  static let signed = """
    committed cash in -1_000_000 ... 1_000_000, debt in 0 ... 10_000
    advice plus in 0 ... 1_000_000 := max(cash, 0)
    advice minus in 0 ... 1_000_000 := max(-cash, 0)
    require "sides" : cash == plus - minus
    require "covered" : plus - 2 * minus - 3 * debt >= 0
    """

  static let squared = """
    committed cash in 0 ... 100_000, position[i in instruments] in -i.limit ... i.limit
    advice size[i in instruments] in 0 ... 100_000 := max(position[i], -position[i])
    require "long {i}"  for i in instruments : size[i] >= position[i]
    require "short {i}" for i in instruments : size[i] >= -position[i]
    product square[i in instruments] := size[i] * size[i]
    require "impact" : 100 * cash - sum(i in instruments : square[i]) >= 0
    """

  static let either = """
    committed cash in 0 ... 1000, debt in 0 ... 1000
    advice second in 0 ... 1 := if cash >= 500 then 0 else 1
    require "rich"     : cash - 500 + 1000 * second >= 0
    require "debtless" : 100 - debt + 1000 - 1000 * second >= 0
    """

  static let signBit = """
    committed cash in 0 ... 100_000, position[i in instruments] in -i.limit ... i.limit
    advice isShort[i in instruments] in 0 ... 1 := if position[i] < 0 then 1 else 0
    product size[i in instruments] := position[i] * (1 - 2 * isShort[i])
    require "sign {i}" for i in instruments : size[i] >= 0
    require "gross" : 10 * cash - sum(i in instruments : i.price * size[i]) >= 0
    """

  static let inOrder: [(String, String)] = [
    ("sized", sized), ("sides", sides), ("scenarios", scenarios), ("capped", capped), ("signed", signed),
    ("squared", squared), ("either", either), ("sign bit", signBit),
  ]
}

/// A rule with one natural mistake.
struct NaturalMistake: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var lines: String

  init(_ what: String, in lines: String, _ correct: String, _ wrong: String) {
    testDescription = what
    self.lines = lines.replacing(correct, with: wrong)
    if self.lines == lines { self.lines = "this mistake changes nothing" }
  }

  static let all: [NaturalMistake] = [
    NaturalMistake("size without rows", in: SmallRules.sized, SmallRules.sized, SmallRules.gross),
    NaturalMistake(
      "no row for short positions", in: SmallRules.sized, "size[i] >= -position[i]", "position[i] >= -i.limit"
    ),
    NaturalMistake(
      "no row for long positions", in: SmallRules.sized, "size[i] >= position[i]", "size[i] >= 0"),
    NaturalMistake(
      "a row in the wrong direction", in: SmallRules.sized, "size[i] >= -position[i]", "size[i] <= i.limit"),
    NaturalMistake(
      "both rows in the wrong direction", in: SmallRules.sized, ": size[i] >= ", ": size[i] <= i.limit + "),
    NaturalMistake(
      "the first instrument left out", in: SmallRules.sized, "for i in instruments : size",
      "for i in instruments where index(i) > 0 : size"),
    NaturalMistake(
      "the last instrument left out of one side", in: SmallRules.sized, "\"short {i}\" for i in instruments",
      "\"short {i}\" for i in instruments where index(i) == 0"),
    NaturalMistake(
      "net instead of each", in: SmallRules.sized, "for i in instruments : size[i] >= -position[i]",
      "for i in instruments : sum(j in instruments : size[j]) >= -sum(j in instruments : position[j])"),
    NaturalMistake(
      "a tolerance", in: SmallRules.sized, "size[i] >= -position[i]", "size[i] >= -position[i] - 100"),
    NaturalMistake(
      "half of it", in: SmallRules.sized, "size[i] >= -position[i]", "2 * size[i] >= -position[i]"),
    NaturalMistake(
      "another instrument's position", in: SmallRules.sized, "size[i] >= -position[i]",
      "size[i] >= -position[instruments[0]]"),
    NaturalMistake(
      "a product of unbound sizes", in: SmallRules.squared, "size[i] >= -position[i]", "size[i] >= 0 - 1"),
    NaturalMistake(
      "a second bracket cheaper than the first", in: SmallRules.sides, "k.margin * long",
      "(7 - k.margin) * long"),
    NaturalMistake(
      "one scenario only", in: SmallRules.scenarios, "for s in 0 ..< 3 : reserve",
      "for s in 0 ..< 1 : reserve"),
    NaturalMistake(
      "gains instead of losses", in: SmallRules.scenarios, "reserve + pnl(s)", "reserve - pnl(s)"),
    NaturalMistake(
      "a mean of the scenarios", in: SmallRules.scenarios, "reserve + pnl(s)",
      "3 * reserve + pnl(0) + pnl(1) + pnl(s)"),
    NaturalMistake(
      "a reserve with a floor only", in: SmallRules.scenarios, "reserve + pnl(s) >= 0", "reserve >= s"),
    NaturalMistake(
      "collateral counted beyond what is held", in: SmallRules.capped, "counted[a] <= holding[a]",
      "counted[a] <= 900"),
    NaturalMistake("a cap forgotten", in: SmallRules.capped, "counted[a] <= 400", "counted[a] <= 1000"),
    NaturalMistake(
      "a minimum by the wrong rows", in: SmallRules.capped, ": counted[a] <= ", ": counted[a] >= -1000 + "),
    NaturalMistake("both sides of cash inflated", in: SmallRules.signed, "plus - 2 * minus", "plus"),
    NaturalMistake(
      "a better price for the other side", in: SmallRules.signed, "plus - 2 * minus", "2 * plus - minus"),
    NaturalMistake(
      "sides that do not add up", in: SmallRules.signed, "cash == plus - minus", "cash >= plus - minus - 100"),
    NaturalMistake(
      "sides bound from above", in: SmallRules.signed, "cash == plus - minus", "cash <= plus - minus"),
    NaturalMistake(
      "a choice that helps both", in: SmallRules.either, "1000 - 1000 * second", "1000 * second"),
    NaturalMistake(
      "a choice that may be half of each", in: SmallRules.either, "100 - debt + 1000 - 1000 * second",
      "100 - debt + 500"),
    NaturalMistake(
      "a sign of the prover's choice", in: SmallRules.signBit, "size[i] >= 0", "size[i] >= -1_000_000"),
    NaturalMistake(
      "two advice values that hold each other", in: SmallRules.scenarios,
      "require \"scenario {s}\" for s in 0 ..< 3 : reserve + pnl(s) >= 0",
      """
      advice copy in 0 ... 2^40 := reserve
      require "copy" : reserve >= copy
      require "same" : copy >= reserve
      """),
  ]
}
