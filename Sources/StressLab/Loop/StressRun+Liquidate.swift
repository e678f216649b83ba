internal import CanonicalBytes
internal import Liquidation
internal import MarginRules

extension StressRun {
  /// Closes an account by the rules, as far as anybody takes what it has.
  ///
  /// A case that cannot be brought to its end in this step is not begun: the account waits.
  mutating func liquidate(_ account: Int, at time: Int64, _ record: inout StressStep) throws(LiquidationError)
  {
    let snapshot = table.snapshot
    let book = population.portfolio(account, under: snapshot)
    var one: LiquidationCase
    do throws(LiquidationError) {
      one = try LiquidationCase(
        of: LabParty.account(account).name, book, rule: .portfolioMargin, table, terms.liquidation)
    } catch {
      if case .healthy = error { return }
      throw error
    }
    var contents: [Purse: Int64] = [
      one.purse: book.cash, .penaltyPot: funds.pot, .backstop: funds.backstop, .venue: funds.venue,
    ]
    for (place, purse) in funds.layerPurses.enumerated() { contents[.insurance(place)] = purse }
    var purses = try Purses(contents)
    var layers = funds.layers
    var moment = time
    try auction(&one, &purses, from: &moment)
    if !one.unsold.isEmpty {
      // Positions that stay where they are need somebody to carry them.
      let isUnlimited = terms.deleveraging == .deficitOnly
      let capacity = isUnlimited ? Int64(1) << 60 : Int64(clamping: Int128(max(0, funds.backstop)) * 5)
      try one.backstop(
        LabParty.backstop.name, discountPpm: isUnlimited ? 0 : terms.backstopDiscountPpm, capacity: capacity,
        under: snapshot,
        purses: &purses)
    }
    var deleveraged = 0.0
    for order in one.unsold {
      guard case .position(let i) = order.leg else { continue }
      let winners = opposite(i, isLong: order.lots > 0, lots: Int64(order.lots.magnitude), but: account)
      var all = purses.balances
      // Who has been closed against in another instrument has another balance by now.
      for winner in winners where all[.account(winner.account)] == nil {
        all[.account(winner.account)] = cash(winner.account)
      }
      purses = try Purses(all)
      let plan = try one.deleverage(
        i, against: winners, policy: terms.deleveraging, under: snapshot, purses: &purses)
      for share in plan?.shares ?? [] {
        deleveraged += Double(share.lots) * Double(snapshot.draft.instruments[i].markCeil) / 1e6
      }
    }
    let isStuck = one.unsold.contains { if case .holding = $0.leg { false } else { true } }
    guard !isStuck else { return }
    // What backstop and winners took leaves cash that is owed: the stable asset is sold for it.
    try auction(&one, &purses, from: &moment)
    let certificate = Digest.sha256(of: Array("\(scenario.id)/\(seed)/\(time)/\(account)".utf8))
    var trial = (one, purses, layers)
    var settled = try trial.0.settle(
      certificate: certificate, gains: [:], under: snapshot, layers: &trial.2, purses: &trial.1)
    if settled.waterfall?.unpaid ?? 0 > 0 {
      // Winners bear what nobody else does.
      let gains = largestGains(but: account)
      var all = purses.balances
      for name in gains.keys where all[.account(name)] == nil { all[.account(name)] = cash(name) }
      purses = try Purses(all)
      trial = (one, purses, layers)
      settled = try trial.0.settle(
        certificate: certificate, gains: gains, under: snapshot, layers: &trial.2, purses: &trial.1)
    }
    (one, purses, layers) = trial
    commit(one, purses, layers, account, &record)
    record.cases += 1
    record.deleveraged += deleveraged
    if let waterfall = settled.waterfall {
      record.losses += Double(settled.loss) / 1e6
      funds.losses.append(settled.loss)
      for line in waterfall.lines {
        funds.borne[line.step.rawValue, default: 0] += line.amount
        switch line.step {
        case .socialised, .deleveraging: record.socialised += Double(line.amount) / 1e6
        case .unpaid: record.unpaid += Double(line.amount) / 1e6
        case .penaltyPot, .insurance, .backstop: break
        }
      }
    }
  }

  /// Runs the auctions that there are, one after the other.
  private func auction(
    _ one: inout LiquidationCase, _ purses: inout Purses, from moment: inout Int64
  ) throws(LiquidationError) {
    let tail = terms.liquidation.auction.tailSeconds
    while let next = try one.nextAuction(at: moment, under: table.snapshot, purses) {
      // The stable asset has a market at all times: its auction may outlast a step, and is not cut off above
      // its price.
      let isPosition = if case .position = next.order.leg { true } else { false }
      let end = moment + (isPosition ? min(scenario.stepSeconds, tail) : tail)
      _ = try one.run(
        next.order, next.auction, bids: bids(for: next.order, next.auction, at: moment), until: end,
        purses: &purses)
      moment = end
    }
  }

  private func cash(_ name: String) -> Int64 { population.cash[LabParty.account(named: name)] }

  private func bids(for order: LiquidationCase.Order, _ auction: DutchAuction, at time: Int64) -> [AuctionBid]
  {
    switch order.leg {
    case .position(let i):
      return flow.bids(
        for: i, isSale: auction.isSale, mark: auction.mark, at: time, lab.instruments[i], terms,
        depth: lab.instruments[i].depth)
    case .holding, .debt:
      // The rest of the market always takes the stable asset, a little below what it is worth.
      let limit = Int64(Double(auction.mark) * (auction.isSale ? 0.995 : 1.005))
      return [AuctionBid(bidder: LabParty.market.name, number: 0, limit: limit, lots: 1 << 40, placed: time)]
    }
  }

  /// What accounts are ranked by.
  enum Ranking: Hashable {
    /// The queue of deleveraging on one side of an instrument.
    case winners(instrument: Int, isLong: Bool)
    /// What an account can give of its gains.
    case gains
  }

  private func key(_ ranking: Ranking, of account: Int) -> Int64? {
    switch ranking {
    case .winners(let i, let isLong): winner(account, i, isLong: isLong)?.rank
    case .gains: gain(account)
    }
  }

  private mutating func ranked(_ ranking: Ranking) -> RankedAccounts {
    var found =
      rankings.removeValue(forKey: ranking)
      ?? RankedAccounts(count: population.count, changes) { key(ranking, of: $0) }
    found.refresh(changes) { key(ranking, of: $0) }
    rankings[ranking] = found
    return found
  }

  /// An account as a winner of one side of an instrument; nil if it has no lots there.
  private func winner(_ account: Int, _ i: Int, isLong: Bool) -> Winner? {
    for place in population.start[account]..<population.start[account + 1]
    where Int(population.legs[place].instrument) == i && population.legs[place].lots != 0 {
      let leg = population.legs[place]
      guard (leg.lots > 0) == isLong else { return nil }
      let value = Int128(leg.lots) * Int128(table.snapshot.draft.instruments[i].markCeil)
      let gain = Int64(clamping: value - Int128(population.entry[place]))
      let entry = Int64(clamping: Int128(population.entry[place]).magnitude)
      // Who has gained nothing has the rank 0 whatever its equity is.
      let equity = gain > 0 ? Int64(clamping: population.health(account, table).equity) : 1
      return Winner(
        account: LabParty.account(account).name, lots: Int64(leg.lots.magnitude), gain: gain,
        rank: Winner.rank(
          gain: gain, entryValue: entry, value: Int64(clamping: value.magnitude), equity: equity))
    }
    return nil
  }

  /// What an account has gained, at most its equity; nil if it has gained nothing.
  private func gain(_ account: Int) -> Int64? {
    var gain: Int128 = 0
    for place in population.start[account]..<population.start[account + 1]
    where population.legs[place].lots != 0 {
      let leg = population.legs[place]
      let mark = table.snapshot.draft.instruments[Int(leg.instrument)]
      gain +=
        Int128(leg.lots) * Int128(leg.lots > 0 ? mark.markFloor : mark.markCeil)
        - Int128(population.entry[place])
    }
    guard gain > 0 else { return nil }
    let most = min(gain, population.health(account, table).equity)
    return most > 0 ? Int64(clamping: most) : nil
  }

  /// The accounts on the other side of an instrument, highest rank first, as many as are needed.
  private mutating func opposite(_ i: Int, isLong: Bool, lots: Int64, but account: Int) -> [Winner] {
    let order = ranked(.winners(instrument: i, isLong: !isLong))
    let isProRata = terms.deleveraging == .proRata
    var (sum, found): (Int64, [Winner]) = (0, [])
    order.forEach(changes) { other, _ in
      guard other != account, let winner = winner(other, i, isLong: !isLong) else { return true }
      found.append(winner)
      sum += winner.lots
      return isProRata ? found.count < 2_000 : sum < lots
    }
    return found
  }

  /// The gains of the thousand accounts that gained most.
  private mutating func largestGains(but account: Int) -> [String: Int64] {
    var gains: [String: Int64] = [:]
    ranked(.gains).forEach(changes) { other, gain in
      if other != account { gains[LabParty.account(other).name] = gain }
      return gains.count < 1_000
    }
    return gains
  }

  /// Takes over what a case has done.
  private mutating func commit(
    _ one: LiquidationCase, _ purses: Purses, _ layers: InsuranceLayers, _ account: Int,
    _ record: inout StressStep
  ) {
    for (purse, balance) in purses.balances {
      switch purse {
      case .account(let name):
        let index = LabParty.account(named: name)
        if population.cash[index] != balance {
          if index != account { watch.wake(index) }
          changes.note(index)
        }
        population.cash[index] = balance
      case .liquidator(let name): funds.add(balance, to: LabParty(named: name))
      case .penaltyPot: funds.pot = balance
      case .insurance(let place): funds.layerPurses[place] = balance
      case .backstop: funds.backstop = balance
      case .venue: funds.venue = balance
      }
    }
    funds.layers = layers
    changes.note(account)
    // In an order of their own, so that sums are the same to the bit.
    for (name, legs) in one.takenOver.sorted(by: { $0.key < $1.key }) {
      for (leg, lots) in legs.sorted(by: { Self.place($0.key) < Self.place($1.key) }) {
        switch leg {
        case .position(let i):
          reduce(account, i, by: lots)
          let mark = Double(table.snapshot.draft.instruments[i].markCeil) / 1e6
          let party = LabParty(named: name)
          if case .account(let winner) = party {
            reduce(winner, i, by: -lots)
            watch.wake(winner)
            changes.note(winner)
          } else if let place = funds.place(of: party) {
            flow.take(place, i, lots, value: Double(lots.magnitude) * mark)
            funds.heldLots[i] += lots
          }
          record.forced += Double(lots.magnitude) * mark
        case .holding:
          population.stable[account] -= lots
          funds.externalStable += lots
        case .debt: break
        }
      }
    }
  }

  private static func place(_ leg: CaseLeg) -> Int {
    switch leg {
    case .position(let i): i
    case .holding(let a): (1 << 20) + a
    case .debt(let a): (1 << 30) + a
    }
  }

  /// Takes lots from a position, and the same part of its entry value.
  mutating func reduce(_ account: Int, _ i: Int, by lots: Int64) {
    for place in population.start[account]..<population.start[account + 1]
    where Int(population.legs[place].instrument) == i {
      let before = population.legs[place].lots
      guard before != 0 else { continue }
      let left = before - lots
      population.entry[place] = Int64(Int128(population.entry[place]) * Int128(left) / Int128(before))
      population.legs[place].lots = left
      return
    }
  }
}
