import Admission
import CanonicalBytes
import MarginRules
import Solvency
import Testing

@Suite("Ledger state")
struct LedgerStateTests {
  @Test("every status has its own word")
  func words() {
    #expect(Set(AccountStatus.allCases.map(\.rawValue)).count == AccountStatus.allCases.count)
  }

  @Test("a survey counts what the accounts' states say, and names the deadlines that come first")
  func survey() throws {
    var state = try Sample.state()
    let proof = try Sample.proof(0, sequence: 0, epoch: 1, at: 1, nonce: "a")
    try state.apply(.proofAccepted(proof), at: Sample.time(1))
    for seconds in [1, 500, 3_000, 3_603, 20_000, 400_000] as [UInt64] {
      let now = Sample.time(seconds)
      let spans: [UInt64] = [60, 3_600, .max]
      let survey = state.survey(at: now, dueWithin: spans, naming: 1)
      #expect(survey.counts == state.statusCounts(at: now))
      var accounts: [AccountState] = []
      state.forEachAccount { account in
        if let account = state.account(account.account, at: now) { accounts.append(account) }
      }
      let open = accounts.filter { ![.stale, .liquidatable].contains($0.status) }
      #expect(survey.due.reduce(0, +) == open.count)
      var least: UInt64 = 0
      for (span, count) in zip(spans, survey.due) {
        let left = open.map { $0.deadline.seconds - now.seconds }
        #expect(count == left.count { $0 <= span && (least == 0 || $0 > least) })
        least = span
      }
      let first = open.min { $0.deadline < $1.deadline }
      #expect(survey.soonest.map(\.deadline) == first.map { [$0.deadline] } ?? [])
    }
    let empty = LedgerState().survey(at: Sample.time(1), dueWithin: [1], naming: 5)
    #expect(empty.counts.isEmpty && empty.due == [0] && empty.soonest.isEmpty)
  }

  @Test("a new account is unproven until it has proven some margin, and current with initial margin")
  func standing() throws {
    var state = try Sample.state()
    let account = try Sample.account(0)
    #expect(state.account(account)?.status == .unproven)
    let maintenance = try Sample.proof(
      0, sequence: 0, epoch: 1, at: 1, kind: .maintenance, nonce: "a")
    try state.apply(.proofAccepted(maintenance), at: Sample.time(1))
    #expect(state.account(account)?.status == .reduceOnly)
    #expect(state.account(account)?.standing?.kind == .maintenance)
    let initial = try Sample.proof(0, sequence: 0, epoch: 1, at: 2, nonce: "b")
    try state.apply(.proofAccepted(initial), at: Sample.time(2))
    #expect(state.account(account)?.status == .current)
    #expect(state.account(account)?.lastProof == initial.evidence)
    #expect(state.account(account)?.deadline == Sample.time(3_602))
  }

  @Test
  func
    `A49: a silent account becomes stale at its deadline and liquidatable after the grace, without its proof`()
    throws
  {
    var state = try Sample.state()
    let account = try Sample.account(0)
    let proof = try Sample.proof(0, sequence: 0, epoch: 1, at: 100, nonce: "a")
    try state.apply(.proofAccepted(proof), at: Sample.time(100))
    for (second, status) in [
      (3_699, AccountStatus.current), (3_700, .stale), (5_499, .stale), (5_500, .liquidatable),
    ] as [(UInt64, AccountStatus)] {
      #expect(state.account(account, at: Sample.time(second))?.status == status)
    }
    try state.apply(.ticked, at: Sample.time(5_500))
    #expect(state.account(account)?.status == .liquidatable)
    // A proof of standing in time or late makes it current again.
    let late = try Sample.proof(0, sequence: 0, epoch: 1, at: 5_501, nonce: "b")
    try state.apply(.proofAccepted(late), at: Sample.time(5_501))
    #expect(state.account(account)?.status == .current)
  }

  @Test
  func `A49: a new epoch calls in accounts proven under older ones, and never grants more time`() throws {
    var state = try Sample.state()
    let account = try Sample.account(0)
    let proof = try Sample.proof(0, sequence: 0, epoch: 1, at: 0, nonce: "a")
    try state.apply(.proofAccepted(proof), at: Sample.time(0))
    try state.apply(.epochPublished(Sample.epoch(2, callInterval: 900)), at: Sample.time(60))
    #expect(state.account(account)?.deadline == Sample.time(960))
    try state.apply(.epochPublished(Sample.epoch(3, callInterval: 7_200)), at: Sample.time(120))
    #expect(state.account(account)?.deadline == Sample.time(960))
    let newer = try Sample.proof(0, sequence: 0, epoch: 3, at: 130, nonce: "b")
    try state.apply(.proofAccepted(newer), at: Sample.time(130))
    #expect(state.account(account)?.deadline == Sample.time(3_730))
  }

  @Test("an account whose attestation is over may only reduce")
  func attestation() throws {
    var state = LedgerState()
    try state.apply(Sample.charter(), at: Sample.time(0))
    try state.apply(Sample.registry, at: Sample.time(0))
    try state.apply(.epochPublished(Sample.epoch(1)), at: Sample.time(0))
    try state.apply(.accountOpened(Sample.opening(0, attestedFor: 50)), at: Sample.time(0))
    let proof = try Sample.proof(0, sequence: 0, epoch: 1, at: 1, nonce: "a")
    try state.apply(.proofAccepted(proof), at: Sample.time(1))
    let account = try Sample.account(0)
    #expect(state.account(account, at: Sample.time(49))?.status == .current)
    #expect(state.account(account, at: Sample.time(50))?.status == .reduceOnly)
    let renewal = RenewalRecord(
      account: account, sequence: 0,
      parts: [try Sample.point("V 0 0")], attestedUntil: Sample.time(500), evidence: .zero)
    try state.apply(.attestationRenewed(renewal), at: Sample.time(60))
    #expect(state.account(account)?.status == .current)
  }

  @Test
  func `A29: a fill inside the headroom keeps the standing, any other one voids it`() throws {
    let account = try Sample.account(0)
    func filled(_ deltas: [CoordinateChange], at second: UInt64 = 10) throws -> AccountState {
      var state = try Sample.state()
      let standing = try Sample.proof(0, sequence: 0, epoch: 1, at: 1, nonce: "a")
      try state.apply(.proofAccepted(standing), at: Sample.time(1))
      let order = try Sample.proof(
        0, sequence: 0, epoch: 1, at: 2, nonce: "b", headroom: Sample.headroom(10), lasting: 100)
      try state.apply(.proofAccepted(order), at: Sample.time(2))
      try state.apply(.filled(Sample.fill(0, sequence: 0, deltas: deltas)), at: Sample.time(second))
      return try #require(state.account(account))
    }
    func change(_ coordinate: UInt32, _ amount: Int64) -> CoordinateChange {
      CoordinateChange(coordinate: coordinate, amount: amount)
    }
    let inside: [[CoordinateChange]] = [
      [change(1, 10), change(0, -1_000)], [change(1, 3), change(0, -300)],
      [change(1, 3), change(0, -299)], [change(1, 1)], [change(1, 1), change(0, 5)],
    ]
    for deltas in inside {
      let state = try filled(deltas)
      #expect(state.standing?.kind == .initial)
      #expect(state.sequence == 1)
      let left = 10 - deltas[0].amount.magnitude
      #expect(state.headroom?.lots == (left == 0 ? nil : left))
      #expect(state.deadline == Sample.time(3_601))
    }
    let outside: [[CoordinateChange]] = [
      [], [change(1, 11), change(0, -1_100)], [change(1, 3), change(0, -301)],
      [change(1, -1), change(0, 100)], [change(2, 1)], [change(0, -1)],
      [change(1, 1), change(2, 1)], [change(1, .min)], [change(1, .max), change(0, .min)],
    ]
    for deltas in outside {
      let state = try filled(deltas)
      #expect(state.standing == nil)
      #expect(state.headroom == nil)
      #expect(state.status == .unproven)
      #expect(state.deadline == Sample.time(610))
    }
    let tooLate = try filled([change(1, 1)], at: 102)
    #expect(tooLate.standing == nil)
  }

  @Test(
    "headroom starts from a standing proven under the same snapshot, for the same margin, and not overdue")
  func headroomBase() throws {
    var state = try Sample.state()
    func order(_ kind: MarginKind, epoch: Int64, at now: UInt64) throws -> LedgerEvent {
      .proofAccepted(
        try Sample.proof(
          0, sequence: 0, epoch: epoch, at: now, kind: kind, nonce: "order",
          headroom: Sample.headroom(5), reduces: kind == .maintenance))
    }
    #expect(throws: LedgerError.invalidHeadroom) {
      try state.apply(order(.initial, epoch: 1, at: 1), at: Sample.time(1))
    }
    let maintenance = try Sample.proof(
      0, sequence: 0, epoch: 1, at: 1, kind: .maintenance, nonce: "a")
    try state.apply(.proofAccepted(maintenance), at: Sample.time(1))
    #expect(throws: LedgerError.invalidHeadroom) {
      try state.apply(order(.initial, epoch: 1, at: 2), at: Sample.time(2))
    }
    var reducing = state
    try reducing.apply(order(.maintenance, epoch: 1, at: 2), at: Sample.time(2))
    #expect(reducing.account(try Sample.account(0))?.headroom == Sample.headroom(5))
    try state.apply(.epochPublished(Sample.epoch(2)), at: Sample.time(3))
    #expect(throws: LedgerError.invalidHeadroom) {
      try state.apply(order(.initial, epoch: 2, at: 4), at: Sample.time(4))
    }
    #expect(throws: LedgerError.invalidHeadroom) {
      try state.apply(order(.maintenance, epoch: 1, at: 3_601), at: Sample.time(3_601))
    }
  }

  @Test
  func `A31: a nonce is accepted once, and forgotten only after its proof has expired`() throws {
    var state = try Sample.state()
    let proof = try Sample.proof(0, sequence: 0, epoch: 1, at: 0, nonce: "a")
    try state.apply(.proofAccepted(proof), at: Sample.time(0))
    #expect(throws: LedgerError.nonceUsed) {
      try state.apply(.proofAccepted(proof), at: Sample.time(1))
    }
    for index in 0..<3_000 {
      let other = try Sample.proof(0, sequence: 0, epoch: 1, at: 0, nonce: "other \(index)")
      try state.apply(.proofAccepted(other), at: Sample.time(599))
      #expect(state.isUsed(proof.nonce, by: proof.account))
    }
    // Its window is over now; nobody accepts it again.
    #expect(throws: LedgerError.invalidWindow) {
      try state.apply(.proofAccepted(proof), at: Sample.time(600))
    }
  }

  @Test
  func `A31: a challenge is answered once, by the account it was given to, in time`() throws {
    var state = try Sample.state(accounts: 2)
    let challenge = ChallengeRecord(
      account: try Sample.account(0), nonce: try Sample.nonce("c"), expires: Sample.time(100))
    try state.apply(.challengeIssued(challenge), at: Sample.time(0))
    #expect(throws: LedgerError.nonceUsed) {
      try state.apply(.challengeIssued(challenge), at: Sample.time(0))
    }
    func answer(_ index: Int, at now: UInt64, _ nonce: String) throws -> LedgerEvent {
      var proof = try Sample.proof(index, sequence: 0, epoch: 1, at: now, nonce: nonce)
      proof.challenge = challenge.nonce
      return .proofAccepted(proof)
    }
    #expect(throws: LedgerError.unknownChallenge) {
      try state.apply(answer(1, at: 1, "a"), at: Sample.time(1))
    }
    #expect(throws: LedgerError.unknownChallenge) {
      try state.apply(answer(0, at: 100, "a"), at: Sample.time(100))
    }
    try state.apply(answer(0, at: 99, "a"), at: Sample.time(99))
    #expect(throws: LedgerError.unknownChallenge) {
      try state.apply(answer(0, at: 99, "b"), at: Sample.time(99))
    }
  }

  @Test
  func `A32: epochs ascend, chain, and proofs under old ones end with their grace`() throws {
    var state = try Sample.state()
    #expect(throws: LedgerError.epochNotLater(current: 1)) {
      try state.apply(.epochPublished(Sample.epoch(1)), at: Sample.time(1))
    }
    #expect(throws: LedgerError.epochNotLater(current: 1)) {
      try state.apply(.epochPublished(Sample.epoch(0)), at: Sample.time(1))
    }
    #expect(throws: LedgerError.brokenSnapshotChain) {
      try state.apply(.epochPublished(Sample.epoch(3)), at: Sample.time(1))
    }
    try state.apply(.epochPublished(Sample.epoch(2)), at: Sample.time(1))
    let old = try Sample.proof(0, sequence: 0, epoch: 1, at: 2, nonce: "a")
    try state.apply(.proofAccepted(old), at: Sample.time(2))
    try state.apply(.epochPublished(Sample.epoch(3)), at: Sample.time(3))
    let tooOld = try Sample.proof(0, sequence: 0, epoch: 1, at: 4, nonce: "b")
    #expect(throws: LedgerError.epochNotAccepted(1)) {
      try state.apply(.proofAccepted(tooOld), at: Sample.time(4))
    }
    #expect(state.acceptedEpoch(2) != nil)
    #expect(state.acceptedEpoch(snapshot: Sample.digest("snapshot 1")) == nil)
  }

  @Test
  func `A34: an event before the one before it is refused; at the same moment it is not`() throws {
    var state = try Sample.state()
    try state.apply(.ticked, at: Sample.time(10))
    try state.apply(.ticked, at: Sample.time(10))
    #expect(
      throws: LedgerError.timeRunsBackwards(clock: Sample.time(10), event: Sample.time(9))
    ) {
      try state.apply(.ticked, at: Sample.time(9))
    }
  }

  @Test
  func `A28: fills and proofs for another state of the account are refused`() throws {
    var state = try Sample.state()
    try state.apply(.filled(Sample.fill(0, sequence: 0)), at: Sample.time(1))
    #expect(throws: LedgerError.wrongSequence(current: 1)) {
      try state.apply(.filled(Sample.fill(0, sequence: 0)), at: Sample.time(2))
    }
    for sequence in [0, 2] as [UInt64] {
      #expect(throws: LedgerError.wrongSequence(current: 1)) {
        let proof = try Sample.proof(0, sequence: sequence, epoch: 1, at: 2, nonce: "a")
        try state.apply(.proofAccepted(proof), at: Sample.time(2))
      }
    }
    #expect(throws: LedgerError.unknownAccount) {
      try state.apply(.filled(Sample.fill(7, sequence: 0)), at: Sample.time(2))
    }
  }

  @Test("the same commitment is not pledged for two accounts")
  func overlap() throws {
    var state = try Sample.state()
    var second = try Sample.opening(1)
    second.parts = [try Sample.point("other"), try Sample.point("V 0 0")]
    #expect(throws: LedgerError.alreadyPledged) {
      try state.apply(.accountOpened(second), at: Sample.time(1))
    }
    second.parts = [try Sample.point("other"), try Sample.point("other")]
    #expect(throws: LedgerError.alreadyPledged) {
      try state.apply(.accountOpened(second), at: Sample.time(1))
    }
    second.parts = []
    #expect(throws: LedgerError.noParts) {
      try state.apply(.accountOpened(second), at: Sample.time(1))
    }
    #expect(throws: LedgerError.accountExists) {
      try state.apply(.accountOpened(Sample.opening(0)), at: Sample.time(1))
    }
    #expect(state.pledger(of: try Sample.point("V 0 0")) == (try Sample.account(0)))
  }

  @Test
  func `A47: a roll that leaves an overdue account out, or names one that is not, is refused`() throws {
    var state = try Sample.state(accounts: 3)
    let proof = try Sample.proof(1, sequence: 0, epoch: 1, at: 3_000, nonce: "a")
    try state.apply(.proofAccepted(proof), at: Sample.time(3_000))
    let now = Sample.time(3_600)
    let due = state.dueRoll(at: now)
    #expect(due.lines.map(\.account) == [try Sample.account(0), try Sample.account(2)])
    let hiding = StatusRoll(accountCount: 3, lines: [due.lines[1]])
    #expect(throws: LedgerError.rollOmits(try Sample.account(0))) {
      try state.apply(.rolled(hiding), at: now)
    }
    let line = StatusRoll.Line(account: try Sample.account(1), status: .stale)
    let inventing = StatusRoll(accountCount: 3, lines: due.lines + [line])
    #expect(throws: LedgerError.rollInvents(try Sample.account(1))) {
      try state.apply(.rolled(inventing), at: now)
    }
    #expect(throws: LedgerError.rollMiscounts(actual: 3)) {
      try state.apply(.rolled(StatusRoll(accountCount: 2, lines: due.lines)), at: now)
    }
    #expect(throws: LedgerError.rollInvents(try Sample.account(2))) {
      let reversed = StatusRoll(accountCount: 3, lines: due.lines.reversed())
      try state.apply(.rolled(reversed), at: now)
    }
    try state.apply(.rolled(due), at: now)
    #expect(state.dueRoll(at: now).lines.isEmpty)
    let later = state.dueRoll(at: Sample.time(5_400))
    #expect(later.lines.map(\.status) == [.liquidatable, .liquidatable])
  }
}
