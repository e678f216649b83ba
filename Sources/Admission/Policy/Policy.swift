/// What a venue admits: a list of rules, and how it deals with time.
///
/// ``production`` is complete. A venue adds rules of its own, or its own values:
///
///     var policy = Policy.production
///     policy.rules.append(AnswersChallenge())
///     policy.rules.append(OrderFlowLimit(lots: ["BTC-PERP": 50_000]))
///
/// A policy adds to ``always`` and cannot take from it: whatever the rules, an admitted proof holds, is about
/// the account's present commitment or what its own order makes of it, is for this ledger, under a listed
/// circuit and a snapshot in force, inside its window, and used once; and an order starts from a standing on
/// the same claim or is proved to reduce.
public struct Policy: Sendable {
  /// All of them must be content.
  public var rules: [any AdmissionRule]
  /// How far a prover's clock may be ahead, in seconds.
  public var clockSkew: UInt64
  /// How long after its time a snapshot is still accepted, in seconds.
  public var snapshotGrace: UInt64
  /// How long an admitted order holds at most, in seconds.
  public var orderInterval: UInt64
  /// When proofs fall due.
  public var schedule: MarginCallSchedule
  /// How many refusals of one account are recorded in an epoch. They are of requests that anybody may send,
  /// so there is a limit to what they may write.
  public var recordedRefusals: UInt32

  /// A policy of these parts.
  public init(
    rules: [any AdmissionRule], clockSkew: UInt64, snapshotGrace: UInt64, orderInterval: UInt64,
    schedule: MarginCallSchedule, recordedRefusals: UInt32
  ) {
    self.rules = rules
    self.clockSkew = clockSkew
    self.snapshotGrace = snapshotGrace
    self.orderInterval = orderInterval
    self.schedule = schedule
    self.recordedRefusals = recordedRefusals
  }

  /// The rules without which a decision would mean nothing.
  public static let always: [any AdmissionRule] = [
    KnownAccount(), AddressedHere(), BoundNonce(), UnusedNonce(), OpenWindow(longest: .max),
    TrustedCircuit(), SnapshotInForce(), RegistryOfAccount(), PresentState(), ConvexHeadroom(), MarginZone(),
    NotInLiquidation(),
  ]

  /// What a venue should start from.
  public static let production = Policy(
    rules: [
      OpenWindow(longest: 3_600), ValidAttestation(), MarginZone(), PresentSnapshotForOrders(),
      CircuitBreakers(), PositionLimits(), RequestLimit(perEpoch: 1_000),
    ],
    clockSkew: 5, snapshotGrace: 600, orderInterval: 300, schedule: .production, recordedRefusals: 4)
}
