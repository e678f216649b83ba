import CircuitLanguage

/// Mistakes behind which advice follows: sums that an equality names, classes and flags beside products, and
/// roundings.
extension FurtherMistake {
  private static let linked = """
    committed cash in 0 ... 2^40
    committed position[i in instruments]
    advice long[i in instruments] in 0 ... 1000 := max(position[i], 0)
    advice short[i in instruments] in 0 ... 1000 := max(-position[i], 0)
    link for i in instruments : position[i] == long[i] - short[i]

    """
  private static let sides = linked + "let notional(i) = i.price * (long[i] + short[i])\n"
  private static let one = "committed cash in 0 ... 2^40, position[instruments[0]] in 0 ... 1000\n"

  /// Both sides of a link, where something names them and nothing keeps one at 0.
  static let sidesFollowed: [FurtherMistake] = [
    FurtherMistake(
      "a gross value that an equality names",
      sides + """
        advice gross in 0 ... 2^40 := sum(i in instruments : notional(i))
        require "sum" : gross == sum(i in instruments : notional(i))
        require "gross" : 10 * cash - gross >= 0
        require "at most half {i}" for i in instruments : gross - 2 * notional(i) >= 0
        """),
    FurtherMistake(
      "a gross value that is at most the sum",
      sides + """
        advice gross in 0 ... 2^40 := sum(i in instruments : notional(i))
        require "sum" : gross <= sum(i in instruments : notional(i))
        require "gross" : 10 * cash - sum(i in instruments : notional(i)) >= 0
        require "at most half {i}" for i in instruments : gross - 2 * notional(i) >= 0
        """),
    FurtherMistake(
      "a product of the sides that is bounded, not 0",
      sides + """
        product both[i in instruments] := long[i] * short[i]
        require "few {i}" for i in instruments : both[i] <= 1_000
        require "gross" : 10 * cash - sum(i in instruments : notional(i)) >= 0
        require "at most half {i}" for i in instruments
          : sum(j in instruments : notional(j)) - 2 * notional(i) >= 0
        """),
    FurtherMistake(
      "a product of the sides that costs",
      sides + """
        product both[i in instruments] := long[i] * short[i]
        require "gross" : 10 * cash - sum(i in instruments : notional(i) + both[i]) >= 0
        require "at most half {i}" for i in instruments
          : sum(j in instruments : notional(j)) - 2 * notional(i) >= 0
        """),
    FurtherMistake(
      "a choice that leaves both sides half",
      sides + """
        advice client in 0 ... 1 := if sum(i in instruments : position[i]) > 0 then 1 else 0
        require "bought {i}" for i in instruments : long[i] <= 500 + 500 * client
        require "sold {i}" for i in instruments : short[i] <= 1000 - 500 * client
        require "gross" : 10 * cash - sum(i in instruments : notional(i)) >= 0
        require "at most half {i}" for i in instruments
          : sum(j in instruments : notional(j)) - 2 * notional(i) >= 0
        """),
    FurtherMistake(
      "sides in contracts of ten lots",
      """
      committed cash in 0 ... 2^40
      committed position[i in instruments]
      advice long[i in instruments] in 0 ... 100 := max(position[i], 0) // 10
      advice short[i in instruments] in 0 ... 100 := max(-position[i], 0) // 10
      link for i in instruments : position[i] == 10 * (long[i] - short[i])
      let gross = sum(i in instruments : i.price * (long[i] + short[i]))
      require "gross" : 10 * cash - gross >= 0
      require "half {i}" for i in instruments : gross - 2 * i.price * (long[i] + short[i]) >= 0
      """),
    FurtherMistake(
      "sides by an equality",
      """
      committed cash in 0 ... 2^40, position[i in instruments] in -1000 ... 1000
      advice long[i in instruments] in 0 ... 1000 := max(position[i], 0)
      advice short[i in instruments] in 0 ... 1000 := max(-position[i], 0)
      require "sides {i}" for i in instruments : long[i] - short[i] == position[i]
      let gross = sum(i in instruments : i.price * (long[i] + short[i]))
      require "gross" : 10 * cash - gross >= 0
      require "half {i}" for i in instruments : gross - 2 * i.price * (long[i] + short[i]) >= 0
      """),
    FurtherMistake(
      "what is bought against what is sold hedges",
      linked + """
        product a := (long[instruments[0]] + short[instruments[0]]) * (long[instruments[0]] + short[instruments[0]])
        product b := (long[instruments[1]] + short[instruments[1]]) * (long[instruments[1]] + short[instruments[1]])
        product hedge := long[instruments[0]] * short[instruments[1]]
        product other := short[instruments[0]] * long[instruments[1]]
        require "variance" : cash - (a + b - hedge - other) >= 0
        """),
    FurtherMistake(
      "a relief of more than both sides cost",
      linked + """
        advice smaller[i in instruments] in 0 ... 1000 := min(long[i], short[i])
        require "s {i}" for i in instruments : smaller[i] <= long[i]
        require "t {i}" for i in instruments : smaller[i] <= short[i]
        require "margin" : cash - sum(i in instruments : long[i] + short[i] - 3 * smaller[i]) >= 0
        """),
  ]

  /// Classes, flags and roundings; a book shows each.
  static let valuesFollowed: [FurtherMistake] = [
    FurtherMistake(
      "a class that may be one too low",
      one + """
        advice class in 1 ... 3 := if position[instruments[0]] <= 10 then 1 else if position[instruments[0]] <= 100 then 2 else 3
        require "class" : position[instruments[0]] <= 10 + 495 * (class - 1)
        product charge := class * position[instruments[0]]
        require "margin" : cash - 10 * charge >= 0
        """),
    FurtherMistake(
      "a rate that is either none or all, and may be little",
      one + """
        advice big in 0 ... 1000 := if position[instruments[0]] > 100 then 1000 else 0
        require "big" : position[instruments[0]] <= 100 + 90 * big
        product extra := big * position[instruments[0]]
        require "margin" : 1000 * cash - 1000 * position[instruments[0]] - 20 * extra >= 0
        """),
    FurtherMistake(
      "tiers of which two may be taken",
      one + """
        advice tier[k in 0 ... 1] in 0 ... 1 := if k == 0 then (if position[instruments[0]] <= 100 then 1 else 0) else (if position[instruments[0]] > 100 then 1 else 0)
        require "within" : position[instruments[0]] <= 100 * tier[0] + 900 * tier[1]
        require "some" : tier[0] + tier[1] >= 1
        advice margin in 0 ... 2^40 := position[instruments[0]] * (tier[0] + 5 * tier[1])
        require "low" : margin >= position[instruments[0]] - 1000 * (1 - tier[0])
        require "high" : margin >= 5 * position[instruments[0]] - 5000 * (1 - tier[1]) - 4000 * tier[0]
        require "margin" : cash - margin >= 0
        """),
    FurtherMistake(
      "a haircut that may fall late",
      """
      committed debt in 0 ... 100_000, holding[a in collateral] in 0 ... 1000
      advice hair[a in collateral] in 50 ... 90 := if holding[a] <= 100 then 90 else 50
      require "hair {a}" for a in collateral : 1000 - holding[a] >= 22 * (hair[a] - 50)
      product value[a in collateral] := hair[a] * holding[a]
      require "covered" : sum(a in collateral : value[a]) - 100 * debt >= 0
      """),
    FurtherMistake(
      "a rest that may be as large as the divisor",
      one + """
        advice margin in 0 ... 2^40 := 30 * position[instruments[0]] // 20
        advice rest in 0 ... 20 := 30 * position[instruments[0]] - 20 * (30 * position[instruments[0]] // 20)
        require "division" : 20 * margin + rest == 30 * position[instruments[0]]
        require "margin" : cash - margin >= 0
        """),
    FurtherMistake(
      "rounded up by the row, to the nearest by the rule",
      """
      committed debt in 0 ... 100_000, holding[a in collateral] in 0 ... 1000
      advice tens[a in collateral] in 0 ... 101 := (holding[a] + 5) // 10
      require "tens {a}" for a in collateral : 10 * tens[a] <= holding[a] + 9
      require "covered" : sum(a in collateral : 10 * tens[a]) - debt >= 0
      """),
    FurtherMistake(
      "kinds that count from one lot, by the rule from two",
      """
      committed cash in 0 ... 2^40, position[i in instruments] in 0 ... 10
      advice kind[i in instruments] in 0 ... 1 := if position[i] >= 2 then 1 else 0
      require "kind {i}" for i in instruments : kind[i] <= position[i]
      advice wide in 0 ... 1 := if sum(i in instruments : kind[i]) >= 2 then 1 else 0
      require "wide" : sum(i in instruments : kind[i]) >= 2 * wide
      require "margin" : cash + 20 * wide - sum(i in instruments : i.price * position[i]) >= 0
      """),
  ]
}
