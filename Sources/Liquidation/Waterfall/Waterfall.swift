public import CanonicalBytes

/// Who bore which part of a loss.
public struct WaterfallLine: Hashable, Sendable {
  /// The steps of the waterfall, in their order.
  public enum Step: String, CaseIterable, Hashable, Sendable {
    /// The penalties of other cases.
    case penaltyPot = "penalty pot"
    /// The insurance, layer by layer.
    case insurance
    /// Those who promised to bear losses after the insurance.
    case backstop
    /// Winners whose positions were closed.
    case deleveraging
    /// All winners in proportion to their gains.
    case socialised = "socialised loss"
    /// Nobody: a claim that stays open, with the venue as its debtor.
    case unpaid
  }

  /// The step.
  public let step: Step
  /// Which layer of the insurance; 0 elsewhere.
  public let layer: Int
  /// What it bore, in quanta.
  public let amount: Int64
}

/// How the loss of an account without equity is borne (mechanism M47): penalty pot, insurance layers,
/// backstop, deleveraging, socialised loss; each step bears what the ones before could not.
public struct Waterfall: Hashable, Sendable {
  /// The lines, in order, without those of nothing.
  public let lines: [WaterfallLine]
  /// The payments that they make, all of them to the account that lacks the money.
  public let transfers: [Transfer]
  /// What deleveraging took, if it came to that.
  public let deleveraging: Deleveraging?
  /// What each winner gave of the socialised loss, by account.
  public let socialised: [String: Int64]

  /// What nobody bore, in quanta.
  public var unpaid: Int64 { lines.first { $0.step == .unpaid }?.amount ?? 0 }

  /// A position that could not be sold, and whom it can be closed against.
  public struct Position: Hashable, Sendable {
    /// How many lots.
    public let lots: Int64
    /// The accounts on the other side.
    public let winners: [Winner]
    /// Who is closed against.
    public let policy: DeleveragingPolicy

    /// A position.
    public init(lots: Int64, winners: [Winner], policy: DeleveragingPolicy) {
      self.lots = lots
      self.winners = winners
      self.policy = policy
    }
  }

  /// Bears the loss of an account, and posts it.
  ///
  /// - Parameters:
  ///   - account: whose equity is below zero.
  ///   - loss: by how much, in quanta; positive.
  ///   - certificate: the digest of what certifies the loss; a second claim on it is refused.
  ///   - position: what is left of the account's position and must be closed; nil if everything was sold.
  ///   - gains: unrealised gains by account, for the last step; those that a deleveraging took from are less
  ///     by it.
  /// - Throws: ``LiquidationError/claimedBefore``, ``LiquidationError/malformed`` and what
  ///   ``Purses/post(_:)`` throws.
  public init(
    of account: String, loss: Int64, certificate: Digest, position: Position?, gains: [String: Int64],
    layers: inout InsuranceLayers, purses: inout Purses
  ) throws(LiquidationError) {
    guard loss > 0 else { throw .malformed }
    let debtor = Purse.account(account)
    var (insured, rest) = (layers, loss)
    var (lines, transfers) = ([WaterfallLine](), [Transfer]())
    func bear(_ step: WaterfallLine.Step, _ purse: Purse, layer: Int = 0, atMost most: Int64) {
      let amount = min(rest, max(0, most))
      guard amount > 0 else { return }
      lines.append(WaterfallLine(step: step, layer: layer, amount: amount))
      transfers.append(Transfer(amount, from: purse, to: debtor))
      rest -= amount
    }
    bear(.penaltyPot, .penaltyPot, atMost: purses[.penaltyPot])
    // A layer can pay no more than is in its purse, whatever its limit says.
    let claimed = try insured.claim(rest, certificate: certificate)
    for (place, amount) in claimed.enumerated() {
      bear(
        .insurance, .insurance(place), layer: place, atMost: min(amount, purses[.insurance(place)]))
    }
    bear(.backstop, .backstop, atMost: purses[.backstop])

    var (deleveraging, left) = (Deleveraging?.none, gains)
    if let position, position.lots > 0, !position.winners.isEmpty {
      let plan = try Deleveraging(
        lots: position.lots, deficit: rest, winners: position.winners, policy: position.policy)
      let taken = try ExactMoney.amount(plan.taken)
      for share in plan.shares where share.taken > 0 {
        transfers.append(Transfer(share.taken, from: .account(share.account), to: debtor))
        left[share.account, default: 0] -= share.taken
      }
      if taken > 0 { lines.append(WaterfallLine(step: .deleveraging, layer: 0, amount: taken)) }
      rest -= taken
      deleveraging = plan
    }
    var socialised: [String: Int64] = [:]
    if rest > 0 {
      let names = left.keys.filter { $0 != account }.sorted()
      let (taken, uncovered) = try Deleveraging.haircut(deficit: rest, gains: names.map { left[$0] ?? 0 })
      for (name, amount) in zip(names, taken) where amount > 0 {
        socialised[name] = amount
        transfers.append(Transfer(amount, from: .account(name), to: debtor))
      }
      if rest > uncovered {
        lines.append(WaterfallLine(step: .socialised, layer: 0, amount: rest - uncovered))
      }
      rest = uncovered
    }
    if rest > 0 { lines.append(WaterfallLine(step: .unpaid, layer: 0, amount: rest)) }
    let borne = lines.reduce(0 as Int128) { $0 + Int128($1.amount) }
    guard borne == Int128(loss) else {
      throw .notConserved(difference: try ExactMoney.amount(borne - Int128(loss)))
    }
    try purses.post(transfers)
    layers = insured
    (self.lines, self.transfers, self.deleveraging) = (lines, transfers, deleveraging)
    self.socialised = socialised
  }
}
