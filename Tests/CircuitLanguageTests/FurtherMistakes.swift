import CircuitLanguage
import Testing

/// A rule with one natural mistake, whole: each forgets something that the rules of its advice say, and a
/// book that fails the rule can be proved under its rows unless the compiler refuses it.
struct FurtherMistake: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var lines: String

  init(_ what: String, _ lines: String) {
    testDescription = what
    self.lines = lines
  }

  private static let market =
    "committed cash in 0 ... 2^40, position[i in instruments] in -i.limit ... i.limit\n"
  private static let sizes = "advice size[i in instruments] in 0 ... 1000 := max(position[i], -position[i])\n"
  private static let scenarios = """
    let pnl(s) = sum(i in instruments : i.pnl[s] * position[i])
    advice reserve in 0 ... 2^40 := max(0, max(s in 0 ..< 3 : -pnl(s)))

    """

  static let all: [FurtherMistake] = [
    FurtherMistake(
      "a reserve in thousands, charged in ones",
      market + scenarios + """
        require "scenario {s}" for s in 0 ..< 3 : 1000 * reserve + pnl(s) >= 0
        require "margin" : cash - reserve >= 0
        """),
    FurtherMistake(
      "a rest that is linked and charged nothing",
      """
      committed cash in 0 ... 2^40, position[i in instruments]
      advice long[i in instruments] in 0 ... 1000 := max(position[i], 0)
      advice short[i in instruments] in 0 ... 1000 := max(-position[i], 0)
      advice rest[i in instruments] in 0 ... 1000 := 0
      link for i in instruments : position[i] == long[i] - short[i] + rest[i]
      require "margin" : 10 * cash - sum(i in instruments : i.price * (long[i] + short[i])) >= 0
      """),
    FurtherMistake(
      "rounding that may lose nine units",
      """
      committed cash in 0 ... 2^40, position[i in instruments] in 0 ... i.limit
      advice units[i in instruments] in 0 ... 1000 := position[i] // 10
      require "round {i}" for i in instruments : 10 * units[i] >= position[i] - 99
      require "margin" : cash - sum(i in instruments : 10 * i.price * units[i]) >= 0
      """),
    FurtherMistake(
      "a first bracket wider than its cap",
      """
      committed cash in 0 ... 2^40, position[i in instruments]
      advice long[i in instruments, k in i.long] in 0 ... 10 * k.cap := fill(position[i], i.long, k)
      link for i in instruments : position[i] == sum(k in i.long : long[i, k])
      require "margin" : cash - sum(i in instruments, k in i.long : k.margin * long[i, k]) >= 0
      """),
    FurtherMistake(
      "a discount that may be earned in part",
      """
      committed cash in 0 ... 1000, debt in 0 ... 1000
      advice discount in 0 ... 100 := if cash >= 500 then 100 else 0
      require "earned" : cash >= 5 * discount
      require "covered" : cash + discount - debt >= 0
      """),
    FurtherMistake(
      "cover without the holding that covers",
      """
      committed cash in 0 ... 2^40, debt in 0 ... 1000, holding[a in collateral] in 0 ... 1000
      advice covered in 0 ... 1000 := min(debt, sum(a in collateral : holding[a]))
      require "owed" : covered <= debt
      require "margin" : cash - 10 * debt + 10 * covered >= 0
      require "held" : cash + sum(a in collateral : holding[a]) >= 0
      """),
    FurtherMistake(
      "one holding covers two debts",
      """
      committed cash in 0 ... 2^40, debt in 0 ... 1000, holding[a in collateral] in 0 ... 1000
      committed position[instruments[0]] in 0 ... 1000
      let held = sum(a in collateral : holding[a])
      advice first in 0 ... 1000 := min(debt, held)
      advice second in 0 ... 1000 := min(position[instruments[0]], max(held - debt, 0))
      require "first owed" : first <= debt
      require "first held" : first <= held
      require "second owed" : second <= position[instruments[0]]
      require "second held" : second <= held
      require "margin" : cash - 10 * debt - 10 * position[instruments[0]] + 10 * first + 10 * second >= 0
      """),
    FurtherMistake(
      "a shortfall that may be negative",
      """
      committed cash in 0 ... 1000, debt in 0 ... 1000, position[instruments[0]] in 0 ... 1000
      advice shortfall in -500 ... 1000 := max(0, debt - cash)
      require "shortfall" : shortfall >= debt - cash
      require "margin" : 100 - shortfall - position[instruments[0]] >= 0
      """),
    FurtherMistake(
      "a hedge with one leg",
      """
      committed cash in 0 ... 2^40, position[i in instruments] in 0 ... i.limit
      advice pair in 0 ... 1000 := min(position[instruments[0]], position[instruments[1]])
      require "leg" : pair <= position[instruments[0]]
      require "margin" : cash - sum(i in instruments : i.price * position[i]) + 20 * pair >= 0
      """),
    FurtherMistake(
      "sides that add up in sum only",
      market + """
        advice up[i in instruments] in 0 ... 1000 := max(position[i], 0)
        advice down[i in instruments] in 0 ... 1000 := max(-position[i], 0)
        require "net" : sum(i in instruments : position[i]) == sum(i in instruments : up[i] - down[i])
        require "margin" : cash - sum(i in instruments : i.price * (up[i] + down[i])) >= 0
        """),
    FurtherMistake(
      "a remainder beyond its divisor",
      """
      committed cash in 0 ... 2^40, debt in 0 ... 1000
      advice tens in 0 ... 100 := debt // 10
      advice rest in 0 ... 100 := debt - 10 * (debt // 10)
      require "parts" : debt == 10 * tens + rest
      require "fee" : cash - 50 * tens - rest >= 0
      """),
    FurtherMistake(
      "a tier that begins too late",
      """
      committed cash in 0 ... 2^40, debt in 0 ... 1000
      advice big in 0 ... 1 := if debt >= 20 then 1 else 0
      require "tier" : debt <= 900 + 100 * big
      require "margin" : cash - debt - 500 * big >= 0
      """),
    FurtherMistake(
      "squares that agree up to ten thousand",
      market + sizes + """
        product own[i in instruments] := position[i] * position[i]
        product square[i in instruments] := size[i] * size[i]
        require "square {i}" for i in instruments : square[i] >= own[i] - 10_000
        require "gross" : 10 * cash - sum(i in instruments : i.price * size[i]) >= 0
        """),
    FurtherMistake(
      "an equality widened to a band",
      """
      committed cash in -1_000_000 ... 1_000_000, debt in 0 ... 10_000
      advice plus in 0 ... 1_000_000 := max(cash, 0)
      advice minus in 0 ... 1_000_000 := max(-cash, 0)
      require "at least" : cash >= plus - minus - 50
      require "at most" : cash <= plus - minus + 50
      require "covered" : plus - 2 * minus - 3 * debt >= 0
      """),
    FurtherMistake(
      "two choices, neither of which need be taken",
      """
      committed cash in 0 ... 1000, debt in 0 ... 1000
      advice rich in 0 ... 1 := if cash >= 500 then 1 else 0
      advice small in 0 ... 1 := if cash >= 500 then 0 else 1
      require "rich" : cash - 500 * rich >= 0
      require "debtless" : 100 - debt + 1000 - 1000 * small >= 0
      """),
    FurtherMistake(
      "parts counted of each other's wholes",
      """
      committed cash in 0 ... 2^40, debt in 0 ... 100_000, position[i in instruments] in 0 ... i.limit
      advice counted[i in instruments] in 0 ... 100 := min(position[i], 100)
      require "held" : sum(i in instruments : counted[i]) <= sum(i in instruments : position[i])
      require "covered" : cash + sum(i in instruments : i.price * counted[i]) - 3 * debt >= 0
      """),
    FurtherMistake(
      "scenario rows of the first instrument alone",
      market + scenarios + """
        let part(s) = sum(i in instruments where index(i) == 0 : i.pnl[s] * position[i])
        require "scenario {s}" for s in 0 ..< 3 : reserve + part(s) >= 0
        require "margin" : cash - reserve >= 0
        """),
    FurtherMistake(
      "a copy that may be a hundred off",
      """
      committed cash in 0 ... 2^40, debt in 0 ... 1000
      advice copy in 0 ... 1000 := debt
      require "near above" : copy <= debt + 100
      require "near below" : copy >= debt - 100
      require "margin" : cash - 7 * copy >= 0
      """),
    FurtherMistake(
      "a sign that may be neither",
      market + """
        advice side[i in instruments] in -1 ... 1 := if position[i] < 0 then -1 else 1
        product size[i in instruments] := position[i] * side[i]
        require "sign {i}" for i in instruments : size[i] >= 0
        require "gross" : 10 * cash - sum(i in instruments : i.price * size[i]) >= 0
        """),
    FurtherMistake(
      "a fee rounded up, bound from above",
      """
      committed cash in 0 ... 2^40, debt in 0 ... 1000
      advice fee in 0 ... 1000 := (debt + 9) // 10
      require "fee" : 10 * fee <= debt + 9
      require "paid" : cash - debt - fee >= 0
      """),
    FurtherMistake(
      "the mean of two in place of the larger",
      """
      committed cash in 0 ... 2^40, debt in 0 ... 1000, position[instruments[0]] in 0 ... 1000
      advice larger in 0 ... 1000 := max(debt, position[instruments[0]])
      require "larger" : 2 * larger >= debt + position[instruments[0]]
      require "margin" : cash - 3 * larger >= 0
      """),
    FurtherMistake(
      "a payment that hurts here and helps there",
      """
      committed cash in 0 ... 1000, debt in 0 ... 1000, position[instruments[0]] in 0 ... 1000
      advice paid in 0 ... 100 := min(cash, 100)
      require "has" : paid <= cash
      require "credit" : debt <= 10 * paid
      require "margin" : cash - paid - position[instruments[0]] >= 0
      """),
    FurtherMistake(
      "a spread over two sides that are never held",
      """
      committed cash in 0 ... 2^40, position[i in instruments]
      advice long[i in instruments] in 0 ... 1000 := max(position[i], 0)
      advice short[i in instruments] in 0 ... 1000 := max(-position[i], 0)
      link for i in instruments : position[i] == long[i] - short[i]
      let gross = sum(i in instruments : long[i] + short[i])
      require "lev" : cash >= gross
      require "half {i}" for i in instruments : gross - 2 * (long[i] + short[i]) >= 0
      """),
    FurtherMistake(
      "concentration without one side",
      """
      committed cash in 0 ... 2^40, position[i in instruments]
      advice long[i in instruments] in 0 ... 1000 := max(position[i], 0)
      advice short[i in instruments] in 0 ... 1000 := max(-position[i], 0)
      link for i in instruments : position[i] == long[i] - short[i]
      let notional(i) = i.price * (long[i] + short[i])
      let gross = sum(i in instruments : notional(i))
      require "gross" : 10 * cash - gross >= 0
      require "at most half {i}" for i in instruments : gross - 2 * notional(i) >= 0
      """),
  ]
}
