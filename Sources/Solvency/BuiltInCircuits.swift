// Made by Scripts/embed-circuits.sh from circuits/*.circuit. Change those and run it again.
// swift-format-ignore-file

/// The circuits that come with the project, by name.
public enum BuiltInCircuits {
  /// File names without extension, and sources byte for byte.
  public static let sources: [(name: String, text: String)] = [
    (
      name: "bounded-shortfall",
      text: ###"""
      # Bounded shortfall
      #
      # Proves: the account's equity is not negative. Over a commitment to which public cash X was added, as a
      #   fill adds it, that is
      #
      #     equity + X  >=  0
      #
      #   so that closing the account at the snapshot's marks costs others X at the most. Coordinates that are
      #   not named here are proved to be 0.
      #
      # Does not prove: that the account meets any margin, that positions and debts are within the venue's
      #   limits (an account in trouble may not be), or that closing it costs no more than the marks say.
      #
      # Rule: the equity of portfolio-margin and cross-margin, with nothing taken off. A roll of accounts counts X
      #   to the venue's shortfall (Documentation/Venue-Solvency.md).
      #
      # Why splits are safe: as in cross-margin; an instrument held long and short at once loses the spread of
      #   its marks.

      circuit bounded_shortfall version 1
      parameters snapshot

      committed holding[a in collateral], debt[a in collateral] in 0 ... 2^40 - 1, cash
      committed position[i in instruments]

      # Cash in quanta of value, as two sides because values of the statement are not negative.
      advice cash_plus  in 0 ... 2^62 - 1 := max(cash, 0)
      advice cash_minus in 0 ... 2^62 - 1 := max(-cash, 0)
      link cash == cash_plus - cash_minus

      # Collateral by tranche: later tranches are valued lower.
      advice tranche[a in collateral, k in a.tranches] in 0 ... k.cap := fill(holding[a], a.tranches, k)
      link for a in collateral : holding[a] == sum(k in a.tranches : tranche[a, k])

      # Positions by side, within what an amount can be and no other limit.
      advice long [i in instruments] in 0 ... 2^40 - 1 := max( position[i], 0)
      advice short[i in instruments] in 0 ... 2^40 - 1 := max(-position[i], 0)
      link for i in instruments : position[i] == long[i] - short[i]

      let equity =
          cash_plus - cash_minus
        + sum(a in collateral, k in a.tranches : k.value * tranche[a, k])
        - sum(a in collateral : a.debt * debt[a])
        + sum(i in instruments : i.markFloor * long[i] - i.markCeil * short[i])

      require "equity" : equity >= 0

      """###
    ),
    (
      name: "collateral-ratio",
      text: ###"""
      # Collateral ratio
      #
      # Proves: the account holds one asset, owes another one and nothing else, and
      #
      #     1_000_000 * value of the holding  >=  tiers.healthy * value of the debt
      #
      #   with the public value and debt price of one lot from the snapshot. Only the first tranche of the
      #   holding counts, and no more may be held than that tranche admits. Every coordinate that is not
      #   named here, cash included, is proved to be 0.
      #
      # Does not prove: that the snapshot's prices are those of the market, that the collateral is not
      #   pledged elsewhere (the attestation says that), or that the account stays healthy.
      #
      # Rule: the health factor of over-collateralised lending, in cross-multiplied form. Values round down
      #   and debts round up, once per lot, in the margin engine; here everything is exact.

      circuit collateral_ratio version 1
      parameters snapshot

      # The two assets. To use others, change the names: the digest of the circuit changes with them.
      let pledged  = collateral["BTC"]
      let borrowed = collateral["USDC"]

      let first = pledged.tranches[0]

      committed holding[pledged] in 0 ... first.cap
      committed debt[borrowed]   in 0 ... borrowed.maxBorrow

      let value = first.value * holding[pledged]
      let owed  = borrowed.debt * debt[borrowed]

      require "collateral ratio" : 1_000_000 * value - tiers.healthy * owed >= 0

      """###
    ),
    (
      name: "cross-margin",
      text: ###"""
      # Cross margin
      #
      # Proves: the account's equity, with collateral after haircuts, long positions at the lower and short
      #   positions at the upper mark price, is at least theta times the sum of its bracket margins. All
      #   instruments share the same equity. Positions are within the brackets, debts within the borrow
      #   limits. Instruments without brackets (options among them) and coordinates that are not named here
      #   are proved to be 0.
      #
      # Does not prove: anything about scenarios or the correlation of positions (portfolio-margin does), that
      #   the snapshot is the market, or that liquidation would succeed at these prices.
      #
      # Rule: marginal notional brackets as large venues publish them: the k-th bracket's margin is charged
      #   for the lots within it only, so the requirement is convex in the position.
      #
      # Why splits are safe: brackets are filled by advice, and a trader may fill them in any way that adds up
      #   to the position. Margins ascend and collateral values descend along their lists, so every other
      #   split charges at least as much margin and counts at most as much collateral; a position held long and
      #   short at once pays both margins and the spread between the marks.

      circuit cross_margin version 1
      parameters snapshot

      committed holding[a in collateral], debt[a in collateral] in 0 ... a.maxBorrow, cash
      committed position[i in instruments where i.bracketed == 1]

      # Cash in quanta of value, as two sides because values of the statement are not negative.
      advice cash_plus  in 0 ... 2^62 - 1 := max(cash, 0)
      advice cash_minus in 0 ... 2^62 - 1 := max(-cash, 0)
      link cash == cash_plus - cash_minus

      # Collateral by tranche: later tranches are valued lower.
      advice tranche[a in collateral, k in a.tranches] in 0 ... k.cap := fill(holding[a], a.tranches, k)
      link for a in collateral : holding[a] == sum(k in a.tranches : tranche[a, k])

      # Positions by side and bracket: later brackets are charged more.
      advice long [i in instruments where i.bracketed == 1, k in i.long ] in 0 ... k.cap
        := fill(max(position[i], 0), i.long, k)
      advice short[i in instruments where i.bracketed == 1, k in i.short] in 0 ... k.cap
        := fill(max(-position[i], 0), i.short, k)

      let L(i) = sum(k in i.long  : long[i, k])
      let S(i) = sum(k in i.short : short[i, k])

      link for i in instruments where i.bracketed == 1 : position[i] == L(i) - S(i)

      let equity =
          cash_plus - cash_minus
        + sum(a in collateral, k in a.tranches : k.value * tranche[a, k])
        - sum(a in collateral : a.debt * debt[a])
        + sum(i in instruments where i.bracketed == 1 : i.markFloor * L(i) - i.markCeil * S(i))

      let bracket_requirement =
          sum(i in instruments where i.bracketed == 1, k in i.long  : k.margin * long[i, k])
        + sum(i in instruments where i.bracketed == 1, k in i.short : k.margin * short[i, k])

      require "bracket margin" : 1_000_000 * equity - theta * bracket_requirement >= 0

      """###
    ),
    (
      name: "deleveraging-band",
      text: ###"""
      # Deleveraging band
      #
      # Proves, of an account that may be on the winning side of a position that nobody else takes:
      #   - its rank is at most an edge: what a lot of the instrument has gained, in ppm, times the account's leverage,
      #     that is its gross value at the marks over its equity,
      #
      #       gain * gross  <=  edge * equity
      #
      #   - it holds at least so many and at most so many lots on the winning side.
      #   The numbers stand in the file that is proved, and so in its digest. Coordinates that are not named here
      #   are proved to be 0.
      #
      # Does not prove: that the account meets any margin, that the rank is above a lower edge (whoever could prove
      #   a lower one and does not is closed against earlier, to its own disadvantage), or what the account itself paid
      #   for its lots: gains count from a published mark, the same for all.
      #
      # Rule: the queue of deleveraging, profit times leverage, by bands (Documentation/After-the-Margin-Call.md).
      #
      # Why splits are safe: an instrument held long and short at once has the larger gross value and loses the spread
      #   of its marks, so that its rank is higher; lots on the winning side are the difference of the sides, which is
      #   committed.

      circuit deleveraging_band version 1 language 2
      parameters snapshot

      # The place of the instrument in the snapshot, and 1 if those win who are long, 0 if those who are short.
      parameter place in 0 ... 4_095 := 0
      parameter winning_long in 0 ... 1 := 0
      # What a lot has gained, in ppm, and the highest rank of the band, in ppm.
      parameter gain in 0 ... 1_000_000_000_000 := 100_000
      parameter edge in 0 ... 1_000_000_000_000 := 400_000
      # How many lots are held on the winning side.
      parameter least in -1_099_511_627_776 ... 1_099_511_627_775 := 1
      parameter most in -1_099_511_627_776 ... 1_099_511_627_775 := 1_048_575

      committed holding[a in collateral], debt[a in collateral] in 0 ... 2^40 - 1, cash
      committed position[i in instruments]

      # Cash in quanta of value, as two sides because values of the statement are not negative.
      advice cash_plus  in 0 ... 2^62 - 1 := max(cash, 0)
      advice cash_minus in 0 ... 2^62 - 1 := max(-cash, 0)
      link cash == cash_plus - cash_minus

      # Collateral by tranche: later tranches are valued lower.
      advice tranche[a in collateral, k in a.tranches] in 0 ... k.cap := fill(holding[a], a.tranches, k)
      link for a in collateral : holding[a] == sum(k in a.tranches : tranche[a, k])

      # Positions by side, within what an amount can be and no other limit.
      advice long [i in instruments] in 0 ... 2^40 - 1 := max( position[i], 0)
      advice short[i in instruments] in 0 ... 2^40 - 1 := max(-position[i], 0)
      link for i in instruments : position[i] == long[i] - short[i]

      let equity =
          cash_plus - cash_minus
        + sum(a in collateral, k in a.tranches : k.value * tranche[a, k])
        - sum(a in collateral : a.debt * debt[a])
        + sum(i in instruments : i.markFloor * long[i] - i.markCeil * short[i])

      let gross = sum(i in instruments : i.markCeil * (long[i] + short[i]))

      let held = (2 * winning_long - 1) * sum(i in instruments where index(i) == place : long[i] - short[i])

      require "rank" : edge * equity - gain * gross >= 0
      require "size" : least <= held <= most

      """###
    ),
    (
      name: "health-band",
      text: ###"""
      # Health band
      #
      # Proves, of an account under portfolio margin:
      #   - its health is at least a number: equity is so many hundredths of what portfolio margin and bracket margin
      #     each require,
      #
      #       100 * equity  >=  health * requirement
      #
      #   - in no instrument it holds more than so many lots, on either side.
      #   The numbers stand in the file that is proved, and so in its digest. With health 100 and no cap this is the
      #   rule of portfolio-margin. Coordinates that are not named here are proved to be 0.
      #
      # Does not prove: what portfolio-margin does not. That the health is below the next band's number (whoever could
      #   prove a higher band and does not is counted lower), or that one trader has one account, so that the cap is on
      #   accounts and not on traders.
      #
      # Rule: the rule of portfolio-margin; a roll counts accounts by bands of it (Documentation/Venue-Solvency.md).
      #
      # Why splits are safe: as in portfolio-margin; lots held long and short at once add up, so that the cap on them is
      #   no easier to meet.

      circuit health_band version 1 language 2
      parameters snapshot

      # Hundredths of the requirement: 100 is the requirement itself, 150 half as much again.
      parameter health in 100 ... 100_000 := 100
      # The most lots of an instrument, long and short added up; at the end of the range there is no cap.
      parameter lots in 0 ... 1_099_511_627_775 := 1_099_511_627_775

      committed holding[a in collateral], debt[a in collateral] in 0 ... a.maxBorrow, cash
      committed position[i in instruments]

      # Cash in quanta of value, as two sides because values of the statement are not negative.
      advice cash_plus  in 0 ... 2^62 - 1 := max(cash, 0)
      advice cash_minus in 0 ... 2^62 - 1 := max(-cash, 0)
      link cash == cash_plus - cash_minus

      # Collateral by tranche: later tranches are valued lower.
      advice tranche[a in collateral, k in a.tranches] in 0 ... k.cap := fill(holding[a], a.tranches, k)
      link for a in collateral : holding[a] == sum(k in a.tranches : tranche[a, k])

      # Positions by side and bracket: later brackets are charged more.
      advice long [i in instruments, k in i.long ] in 0 ... k.cap := fill(max( position[i], 0), i.long,  k)
      advice short[i in instruments, k in i.short] in 0 ... k.cap := fill(max(-position[i], 0), i.short, k)

      let L(i) = sum(k in i.long  : long[i, k])
      let S(i) = sum(k in i.short : short[i, k])

      link for i in instruments : position[i] == L(i) - S(i)

      # Scenarios: what the positions of a group gain, and what is set aside for the worst of them.
      let pnl(g, s) = sum(i in g.instruments : i.pnlLong[s] * L(i) + i.pnlShort[s] * S(i))

      advice reserve[g in groups] in 0 ... 2^62 - 1
        := max(0, max(s in 0 ..< count(g.scenarios) : -pnl(g, s)))

      require "scenario {g} {s}" for g in groups, s in 0 ..< count(g.scenarios)
        : reserve[g] + pnl(g, s) >= 0

      let equity =
          cash_plus - cash_minus
        + sum(a in collateral, k in a.tranches : k.value * tranche[a, k])
        - sum(a in collateral : a.debt * debt[a])
        + sum(i in instruments : i.markFloor * L(i) - i.markCeil * S(i))

      let portfolio_requirement =
          sum(g in groups : reserve[g])
        + sum(i in instruments : i.contLong * L(i) + i.contShort * S(i))

      let bracket_requirement =
          sum(i in instruments, k in i.long  : k.margin * long[i, k])
        + sum(i in instruments, k in i.short : k.margin * short[i, k])

      require "portfolio margin" : 100_000_000 * equity - health * beta  * portfolio_requirement >= 0
      require "bracket margin"   : 100_000_000 * equity - health * theta * bracket_requirement   >= 0

      require "size of {i}" for i in instruments where lots < 1_099_511_627_775 : L(i) + S(i) <= lots

      """###
    ),
    (
      name: "option-minimum",
      text: ###"""
      # Portfolio margin with a short option minimum
      #
      # Proves: the account's equity covers each of
      #   - the scenario requirement: for every scenario group the worst loss over its scenarios, and for every lot held the
      #     charge for closing it, scaled by the buffer beta,
      #   - the short option minimum: for every lot sold its contingency charge, likewise scaled, and
      #   - the bracket requirement: the sum of the bracket margins, scaled by theta.
      #   The larger of the first two counts, where portfolio-margin adds both. Losses in one group are not offset by gains in
      #   another. Positions are within the brackets or, for instruments without any, within the position limit; debts are
      #   within the borrow limits. Coordinates that are not named here are proved to be 0.
      #
      # Does not prove: what portfolio-margin does not prove either, and that closing what was sold costs nothing beside the
      #   worst scenario: where that matters, use portfolio-margin.
      #
      # Rule: SPAN's scanning risk and short option minimum, the larger of which is asked for, with full revaluation per lot.
      #
      # Why splits are safe: as in cross-margin; and an instrument held long and short at once gains nothing in any scenario
      #   and pays both charges.

      circuit option_minimum version 1
      parameters snapshot

      committed holding[a in collateral], debt[a in collateral] in 0 ... a.maxBorrow, cash
      committed position[i in instruments]

      # Cash in quanta of value, as two sides because values of the statement are not negative.
      advice cash_plus  in 0 ... 2^62 - 1 := max(cash, 0)
      advice cash_minus in 0 ... 2^62 - 1 := max(-cash, 0)
      link cash == cash_plus - cash_minus

      # Collateral by tranche: later tranches are valued lower.
      advice tranche[a in collateral, k in a.tranches] in 0 ... k.cap := fill(holding[a], a.tranches, k)
      link for a in collateral : holding[a] == sum(k in a.tranches : tranche[a, k])

      # Positions by side and bracket: later brackets are charged more.
      advice long [i in instruments, k in i.long ] in 0 ... k.cap := fill(max( position[i], 0), i.long,  k)
      advice short[i in instruments, k in i.short] in 0 ... k.cap := fill(max(-position[i], 0), i.short, k)

      let L(i) = sum(k in i.long  : long[i, k])
      let S(i) = sum(k in i.short : short[i, k])

      link for i in instruments : position[i] == L(i) - S(i)

      # Scenarios: what the positions of a group gain, and what is set aside for the worst of them.
      let pnl(g, s) = sum(i in g.instruments : i.pnlLong[s] * L(i) + i.pnlShort[s] * S(i))

      advice reserve[g in groups] in 0 ... 2^62 - 1
        := max(0, max(s in 0 ..< count(g.scenarios) : -pnl(g, s)))

      require "scenario {g} {s}" for g in groups, s in 0 ..< count(g.scenarios)
        : reserve[g] + pnl(g, s) >= 0

      let equity =
          cash_plus - cash_minus
        + sum(a in collateral, k in a.tranches : k.value * tranche[a, k])
        - sum(a in collateral : a.debt * debt[a])
        + sum(i in instruments : i.markFloor * L(i) - i.markCeil * S(i))

      # What closing everything held costs, beside what any scenario loses.
      let closing_charge = sum(i in instruments : i.contLong * L(i))

      let scenario_requirement = sum(g in groups : reserve[g]) + closing_charge

      # For each short option a minimum, however little the scenarios lose of it.
      let minimum_requirement =
          sum(i in instruments : i.contShort * S(i)) + closing_charge

      let bracket_requirement =
          sum(i in instruments, k in i.long  : k.margin * long[i, k])
        + sum(i in instruments, k in i.short : k.margin * short[i, k])

      require "scenario margin"      : 1_000_000 * equity - beta  * scenario_requirement >= 0
      require "short option minimum" : 1_000_000 * equity - beta  * minimum_requirement  >= 0
      require "bracket margin"       : 1_000_000 * equity - theta * bracket_requirement  >= 0

      """###
    ),
    (
      name: "portfolio-margin",
      text: ###"""
      # Portfolio margin
      #
      # Proves: the account's equity covers both
      #   - the portfolio requirement: for every scenario group the worst loss over its scenarios, and for
      #     every lot its contingency charge, together scaled by the buffer beta, and
      #   - the bracket requirement: the sum of the bracket margins, scaled by theta.
      #   Losses in one group are not offset by gains in another. Positions are within the brackets or, for
      #   instruments without any, within the position limit; debts are within the borrow limits.
      #   Coordinates that are not named here are proved to be 0.
      #
      # Does not prove: that the scenarios are the worst that can happen, that the snapshot is the market, that
      #   closing the account costs no more than the contingency charge (the exit fee is not part of the rule).
      #
      # Rule: SPAN-like scenario margin with full revaluation per lot, as futures and options venues use it,
      #   and marginal notional brackets on top of it.
      #
      # Why splits are safe: as in cross-margin; and an instrument held long and short at once gains nothing
      #   in any scenario, because the rounded results of its two sides add up to 0 or less.

      circuit portfolio_margin version 1
      parameters snapshot

      committed holding[a in collateral], debt[a in collateral] in 0 ... a.maxBorrow, cash
      committed position[i in instruments]

      # Cash in quanta of value, as two sides because values of the statement are not negative.
      advice cash_plus  in 0 ... 2^62 - 1 := max(cash, 0)
      advice cash_minus in 0 ... 2^62 - 1 := max(-cash, 0)
      link cash == cash_plus - cash_minus

      # Collateral by tranche: later tranches are valued lower.
      advice tranche[a in collateral, k in a.tranches] in 0 ... k.cap := fill(holding[a], a.tranches, k)
      link for a in collateral : holding[a] == sum(k in a.tranches : tranche[a, k])

      # Positions by side and bracket: later brackets are charged more.
      advice long [i in instruments, k in i.long ] in 0 ... k.cap := fill(max( position[i], 0), i.long,  k)
      advice short[i in instruments, k in i.short] in 0 ... k.cap := fill(max(-position[i], 0), i.short, k)

      let L(i) = sum(k in i.long  : long[i, k])
      let S(i) = sum(k in i.short : short[i, k])

      link for i in instruments : position[i] == L(i) - S(i)

      # Scenarios: what the positions of a group gain, and what is set aside for the worst of them.
      let pnl(g, s) = sum(i in g.instruments : i.pnlLong[s] * L(i) + i.pnlShort[s] * S(i))

      advice reserve[g in groups] in 0 ... 2^62 - 1
        := max(0, max(s in 0 ..< count(g.scenarios) : -pnl(g, s)))

      require "scenario {g} {s}" for g in groups, s in 0 ..< count(g.scenarios)
        : reserve[g] + pnl(g, s) >= 0

      let equity =
          cash_plus - cash_minus
        + sum(a in collateral, k in a.tranches : k.value * tranche[a, k])
        - sum(a in collateral : a.debt * debt[a])
        + sum(i in instruments : i.markFloor * L(i) - i.markCeil * S(i))

      let portfolio_requirement =
          sum(g in groups : reserve[g])
        + sum(i in instruments : i.contLong * L(i) + i.contShort * S(i))

      let bracket_requirement =
          sum(i in instruments, k in i.long  : k.margin * long[i, k])
        + sum(i in instruments, k in i.short : k.margin * short[i, k])

      require "portfolio margin" : 1_000_000 * equity - beta  * portfolio_requirement >= 0
      require "bracket margin"   : 1_000_000 * equity - theta * bracket_requirement   >= 0

      """###
    ),
    (
      name: "value-at-risk",
      text: ###"""
      # Value at risk
      #
      # Proves: equity is not negative, and its square is at least the sum of the squared factor exposures,
      #
      #     equity^2  >=  sum over factors f of (sum over instruments i of loading(i, f) * position(i))^2
      #
      #   so equity covers the value at risk of a factor covariance model. The quantile and the horizon are
      #   inside the loadings. Only instruments with loadings may be held; all coordinates that are not named
      #   here are proved to be 0.
      #
      # Does not prove: that returns are normal, that the covariance is right, or anything about options beyond
      #   the linear exposure. A normal quantile has failed by a factor of five on a single day: use this rule
      #   next to scenarios, not in their place.
      #
      # Rule: delta-normal value at risk, sqrt(x' C x) <= equity with C = F' F, squared to stay in integers.
      #
      # The two sides of a position price it at the lower and the upper mark. Holding both sides only costs
      # the spread and leaves the exposures as they are.

      circuit value_at_risk version 1
      parameters snapshot

      committed holding[a in collateral], debt[a in collateral] in 0 ... a.maxBorrow, cash
      committed position[i in instruments where count(i.factors) > 0]

      advice cash_plus  in 0 ... 2^62 - 1 := max(cash, 0)
      advice cash_minus in 0 ... 2^62 - 1 := max(-cash, 0)
      link cash == cash_plus - cash_minus

      advice tranche[a in collateral, k in a.tranches] in 0 ... k.cap := fill(holding[a], a.tranches, k)
      link for a in collateral : holding[a] == sum(k in a.tranches : tranche[a, k])

      # One value for each side, up to the sum of its brackets.
      advice bought[i in instruments where count(i.factors) > 0] in 0 ... sum(k in i.long  : k.cap)
        := max(position[i], 0)
      advice sold  [i in instruments where count(i.factors) > 0] in 0 ... sum(k in i.short : k.cap)
        := max(-position[i], 0)
      link for i in instruments where count(i.factors) > 0 : position[i] == bought[i] - sold[i]

      let equity =
          cash_plus - cash_minus
        + sum(a in collateral, k in a.tranches : k.value * tranche[a, k])
        - sum(a in collateral : a.debt * debt[a])
        + sum(i in instruments where count(i.factors) > 0 : i.markFloor * bought[i] - i.markCeil * sold[i])

      let exposure(f) =
        sum(i in instruments where count(i.factors) > 0 : i.factors[index(f)] * (bought[i] - sold[i]))

      product exposure_squared[f in factors] := exposure(f) * exposure(f)
      product equity_squared := equity * equity

      require "equity is not negative" : equity >= 0
      require "value at risk" : equity_squared - sum(f in factors : exposure_squared[f]) >= 0

      """###
    ),
    (
      name: "venue-solvency",
      text: ###"""
      # Venue solvency
      #
      # Proves, of what is left of a venue's reserves when the books of all accounts are taken off:
      #   - for every asset, reserves >= holdings of all accounts less their debts,
      #   - the same for cash, after what the house's positions cost and the insurance fund are set aside,
      #   - every other coordinate is 0: the positions of all accounts and of the house cancel, in every
      #     instrument, and nobody holds or owes an asset that the snapshot does not list.
      #
      #   The commitment is  Commit(reserves - house, blinding 0) - sum of the accounts' commitments,  which
      #   everybody computes from the roll and the published documents (Documentation/Venue-Solvency.md).
      #
      # Does not prove: that the reserves exist (custodians attest them), that they are not pledged elsewhere, or
      #   that the roll lists every account (traders look themselves up).
      #
      # Rule: proof of reserves, asset by asset; a surplus in one asset never covers another.
      #
      # Why splits are safe: both sides of an amount enter their row with the same coefficient, so that only
      #   their difference counts, and that is committed.

      circuit venue_solvency version 1
      parameters snapshot

      committed holding[a in collateral], debt[a in collateral], cash

      # What is left of an asset: reserves less holdings, and the accounts' debts, which stand here as negative amounts.
      advice over [a in collateral] in 0 ... 2^62 - 1 := max( holding[a], 0)
      advice under[a in collateral] in 0 ... 2^62 - 1 := max(-holding[a], 0)
      advice lent [a in collateral] in 0 ... 2^62 - 1 := -debt[a]
      link for a in collateral : holding[a] == over[a] - under[a]
      link for a in collateral : debt[a] == 0 - lent[a]

      advice cash_over  in 0 ... 2^62 - 1 := max( cash, 0)
      advice cash_under in 0 ... 2^62 - 1 := max(-cash, 0)
      link cash == cash_over - cash_under

      require "reserves of {a}" for a in collateral : over[a] - under[a] + lent[a] >= 0
      require "reserves of cash" : cash_over - cash_under >= 0

      """###
    ),
  ]
}
