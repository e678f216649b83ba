import CanonicalBytes
import CircuitLanguage
import ExactIntegers
import LeakSimulation
import MarginRules
import Solvency
import SolvencyProver
import TestSupport
import Testing

@Suite("Snapshot guard")
struct SnapshotGuardTests {
  private func question(
    _ snapshot: RiskSnapshot, about account: String = "desk-7", time: UInt64 = 1_000,
    sequence: UInt64 = 0
  ) throws -> SnapshotGuard.Question {
    SnapshotGuard.Question(
      about: try AccountID(account), time: time, circuit: .zero, snapshot: snapshot.digest, kind: .initial,
      sequence: sequence)
  }

  /// The small snapshot, changed and chained.
  private func snapshot(
    epoch: Int64, after previous: RiskSnapshot? = nil,
    _ change: (inout SnapshotDraft) -> Void = { _ in }
  ) throws -> RiskSnapshot {
    var draft = Fixture.draft()
    draft.epoch = epoch
    draft.prevHash = previous?.digest ?? .zero
    change(&draft)
    return try RiskSnapshot(draft)
  }

  @Test
  func `A45: unsigned, rolled back, unchained and leaping snapshots are not answered`() throws {
    let first = try snapshot(epoch: 7)
    var guarded = SnapshotGuard()
    #expect(throws: GuardRefusal.notSigned) {
      try guarded.admit(question(first), under: first, isSigned: false)
    }
    try guarded.admit(question(first), under: first, isSigned: true)
    let before = guarded
    let older = try snapshot(epoch: 6)
    #expect(throws: GuardRefusal.rolledBack(accepted: 7, offered: 6)) {
      try guarded.admit(question(older), under: older, isSigned: true)
    }
    let rival = try snapshot(epoch: 7) { $0.note = "another of the same epoch" }
    #expect(throws: GuardRefusal.rolledBack(accepted: 7, offered: 7)) {
      try guarded.admit(question(rival), under: rival, isSigned: true)
    }
    let unchained = try snapshot(epoch: 8)
    #expect(throws: GuardRefusal.brokenChain(epoch: 8)) {
      try guarded.admit(question(unchained), under: unchained, isSigned: true)
    }
    let leap = try snapshot(epoch: 8, after: first) { draft in
      draft.instruments[0].markFloor /= 2
      draft.instruments[0].markCeil = draft.instruments[0].markFloor + 1
    }
    #expect {
      try guarded.admit(question(leap), under: leap, isSigned: true)
    } throws: { error in
      guard case GuardRefusal.moved(let path, let ppm, let limit) = error else { return false }
      return path.hasPrefix("instruments/") && ppm > limit && limit == 250_000
    }
    #expect(guarded == before, "a refused snapshot changes nothing")
    try guarded.admit(question(leap), under: leap, isSigned: true, acceptsMove: true)
    #expect(guarded.accepted == leap)
  }

  @Test
  func `A45: a window has a limit of questions, and the same one again is free`() throws {
    var policy = GuardPolicy.standard
    policy.questionsPerWindow = 2
    policy.windowSeconds = 100
    var guarded = SnapshotGuard(policy: policy)
    let only = try snapshot(epoch: 1)
    try guarded.admit(question(only, time: 10), under: only, isSigned: true)
    try guarded.admit(question(only, time: 20), under: only, isSigned: true)
    try guarded.admit(question(only, time: 30, sequence: 1), under: only, isSigned: true)
    #expect(guarded.questions.count == 2)
    #expect(throws: GuardRefusal.budgetSpent(questions: 2, freeAt: 110)) {
      try guarded.admit(question(only, time: 109, sequence: 2), under: only, isSigned: true)
    }
    try guarded.admit(question(only, time: 110, sequence: 2), under: only, isSigned: true)
  }

  @Test
  func `A45: each account of a guard has a budget of its own, and the venue's order is common to all`() throws
  {
    var policy = GuardPolicy.standard
    policy.questionsPerWindow = 1
    var guarded = SnapshotGuard(policy: policy)
    let first = try snapshot(epoch: 1)
    let second = try snapshot(epoch: 2, after: first)
    for account in ["a", "b"] {
      try guarded.admit(question(first, about: account), under: first, isSigned: true)
    }
    #expect(guarded.questions.count == 2)
    for account in ["a", "b"] {
      #expect(throws: GuardRefusal.budgetSpent(questions: 1, freeAt: 87_400)) {
        try guarded.admit(
          question(second, about: account, time: 2_000), under: second, isSigned: true)
      }
    }
    try guarded.admit(question(second, about: "c", time: 2_000), under: second, isSigned: true)
    #expect(throws: GuardRefusal.rolledBack(accepted: 2, offered: 1)) {
      try guarded.admit(question(first, about: "d"), under: first, isSigned: true)
    }
    #expect(try SnapshotGuard(decoding: guarded.encoded()) == guarded)
  }

  @Test("every kind of number that a statement depends on counts as a move")
  func moves() throws {
    let old = try snapshot(epoch: 1)
    func move(_ change: (inout SnapshotDraft) -> Void) throws -> SnapshotMove {
      SnapshotMove(from: old, to: try snapshot(epoch: 2, change))
    }
    #expect(try move { _ in } == SnapshotMove(from: old, to: old))
    #expect(try move { $0.instruments[0].pnlLong[0] -= 1_000_000 }.price.ppm > 0)
    #expect(try move { $0.instruments[0].contShort += 1_000_000 }.price.ppm > 0)
    #expect(try move { $0.collateral[0].debtIM += 1_000_000 }.price.ppm > 0)
    #expect(try move { $0.bufferPpm += 100_000 }.limit.path == "beta")
    #expect(try move { $0.tiers.initial += 1_000 }.limit.path.isEmpty == false)
    #expect(try move { $0.instruments.removeLast() }.structure.isEmpty == false)
    let limited = try snapshot(epoch: 1) { $0.instruments[0].maxLongLots = 1_000 }
    let halved = try snapshot(epoch: 2) { $0.instruments[0].maxLongLots = 500 }
    #expect(SnapshotMove(from: limited, to: halved).limit.ppm >= 500_000)
    let unlimited = try snapshot(epoch: 2) { $0.instruments[0].maxLongLots = nil }
    #expect(SnapshotMove(from: limited, to: unlimited).limit.ppm > 1_000_000)
  }

  /// A tree with one number changed, for every number in it.
  private func changes(_ value: ParameterValue) -> [ParameterValue] {
    switch value {
    case .integer(let number):
      return [.integer(number + number.magnitude + 1_000_000_000)]
    case .list(let elements):
      return elements.indices.flatMap { index in
        changes(elements[index]).map { changed in
          var copy = elements
          copy[index] = changed
          return ParameterValue.list(copy)
        }
      }
    case .record(let record):
      return record.fields.keys.sorted().flatMap { name in
        changes(record.fields[name] ?? .list([])).map { changed in
          var copy = record
          copy.fields[name] = changed
          return ParameterValue.record(copy)
        }
      }
    }
  }

  @Test
  func `A58: there is no number that a circuit can read and the guard does not measure`() throws {
    let old = try snapshot(epoch: 1) { draft in
      draft.instruments[0].feeExit = 3
      draft.groups[0].scenarios[0].vol = 5
    }
    let policy = GuardPolicy.standard
    for kind in MarginKind.allCases {
      let tree = SnapshotParameters.value(of: old, kind: kind)
      guard case .record(let root) = tree else { continue }
      var changed = 0
      for (name, field) in root.fields where name != "epoch" {
        for other in changes(field) {
          var copy = root
          copy.fields[name] = other
          let move = SnapshotMove(from: tree, to: .record(copy))
          // A group's instruments are the ones that stand in the list of instruments, where they are
          // measured.
          if name == "groups", move == SnapshotMove(from: tree, to: tree) { continue }
          changed += 1
          #expect(
            move.price.ppm > policy.priceMovePpm || move.limit.ppm > policy.limitMovePpm
              || move.market.ppm > policy.marketMovePpm || !move.structure.isEmpty, "\(name)")
        }
      }
      #expect(changed > 50)
    }
  }

  @Test
  func `A58: exit fees, zones, scenario rows and the number of the epoch are not the venue's to ask with`()
    throws
  {
    let first = try snapshot(epoch: 7)
    func refusal(_ epoch: Int64 = 8, _ change: (inout SnapshotDraft) -> Void) throws -> GuardRefusal? {
      var guarded = SnapshotGuard()
      try guarded.admit(question(first, time: 0), under: first, isSigned: true)
      let next = try snapshot(epoch: epoch, after: first, change)
      let asked = try question(next, time: 0)
      do throws(GuardRefusal) {
        try guarded.admit(asked, under: next, isSigned: true)
        return nil
      } catch {
        return error
      }
    }
    #expect(try refusal { _ in } == nil)
    #expect(try refusal { $0.instruments[0].feeExit = 10_000_000 } != nil)
    #expect(try refusal { $0.tiers.healthy = 3_000_000 } != nil)
    #expect(try refusal { $0.tiers.closeOnly += 200_000 } != nil)
    #expect(try refusal { $0.groups[0].scenarios[0].price -= 200_000 } != nil)
    #expect(try refusal { $0.groups[0].scenarios[0].vol += 200_000 } != nil)
    #expect(try refusal { $0.groups[0].scenarios[0].weight /= 2 } != nil)
    guard case .epochAhead(offered: 500, latest: 8)? = try refusal(500, { _ in }) else {
      Issue.record("an epoch far ahead was answered")
      return
    }
  }

  @Test
  func `A58: circuits are pinned, and an order is a question of its own`() throws {
    let only = try snapshot(epoch: 1)
    var guarded = SnapshotGuard()
    try guarded.admit(question(only), under: only, isSigned: true)
    #expect(guarded.circuits == [.zero])
    var probing = try question(only)
    probing.circuit = .sha256(of: [1])
    #expect(throws: GuardRefusal.unknownCircuit(.sha256(of: [1]))) {
      try guarded.admit(probing, under: only, isSigned: true)
    }
    try guarded.admit(probing, under: only, isSigned: true, acceptsCircuit: true)
    try guarded.admit(probing, under: only, isSigned: true)
    #expect(guarded.questions.count == 2)
    var policy = GuardPolicy.standard
    policy.questionsPerWindow = 12
    var asked = SnapshotGuard(policy: policy)
    var answered = 0
    for lots in 0..<15 {
      var order = try question(only)
      order.order = .sha256(of: [UInt8(lots)])
      if (try? asked.admit(order, under: only, isSigned: true)) != nil { answered += 1 }
    }
    #expect(answered == 12 && asked.questions.count == 12)
    #expect(try SnapshotGuard(decoding: asked.encoded()) == asked)
    #expect(LeakReport(of: asked.questions).bits == 12)
    #expect(LeakReport(of: asked.questions).states.map(\.orders) == [12])
  }

  @Test
  func `A58: what the market explains is not suspicious; one mark alone, or a number without its mark, is`()
    throws
  {
    /// Numbers per lot of an instrument, in proportion.
    func scale(_ instrument: inout Instrument, by ppm: Int64) {
      func scaled(_ value: Int64) -> Int64 { value / 1_000 * (ppm / 1_000) }
      instrument.markFloor = scaled(instrument.markFloor)
      instrument.markCeil = instrument.markFloor + 1
      instrument.pnlLong = instrument.pnlLong.map(scaled)
      instrument.pnlShort = instrument.pnlLong.map { -$0 - 1 }
      for index in instrument.long.indices {
        instrument.long[index].imPerLot = scaled(instrument.long[index].imPerLot)
        instrument.long[index].mmPerLot = scaled(instrument.long[index].mmPerLot)
      }
      for index in instrument.short.indices {
        instrument.short[index].imPerLot = scaled(instrument.short[index].imPerLot)
        instrument.short[index].mmPerLot = scaled(instrument.short[index].mmPerLot)
      }
    }
    let first = try snapshot(epoch: 7)
    let futures = first.instruments.indices.filter { !first.instruments[$0].long.isEmpty }
    try #require(!futures.isEmpty)
    let crash = try snapshot(epoch: 8, after: first) { draft in
      for index in futures { scale(&draft.instruments[index], by: 416_000) }
    }
    let move = SnapshotMove(from: first, to: crash)
    #expect(move.market.ppm > 580_000)
    #expect(move.price.ppm < 60_000, "\(move)")
    var guarded = SnapshotGuard()
    try guarded.admit(question(first, time: 0), under: first, isSigned: true)
    try guarded.admit(question(crash, time: 0), under: crash, isSigned: true)
    // The margin of one instrument follows no market.
    let leap = try snapshot(epoch: 9, after: crash) { draft in
      draft = crash.draft
      draft.epoch = 9
      draft.prevHash = crash.digest
      for index in draft.instruments[futures[0]].long.indices {
        draft.instruments[futures[0]].long[index].imPerLot += draft.instruments[futures[0]].markFloor / 2
      }
    }
    #expect(throws: GuardRefusal.self) {
      try guarded.admit(question(leap, time: 4_000), under: leap, isSigned: true)
    }
  }

  @Test
  func
    `A58: an honest crash, with margins, scenarios, depth and fees, is the market; its parts alone are not`()
    throws
  {
    /// A group of two futures as an engine publishes them.
    func honest(_ draft: inout SnapshotDraft, price: Int64, margin: Int64, depth: Int64, fee: Int64) {
      let (mark, range) = (60_000_000 / 100 * price, 200_000 / 100 * margin)
      draft.groups = [
        ScenarioGroup(
          id: "btc",
          scenarios: [-1, 1].map { Scenario(weight: 1_000_000, price: $0 * range, vol: 0) })
      ]
      draft.factors = []
      draft.collateral = [draft.collateral[0]]
      draft.instruments = ["BTC-PERP", "BTC-NEXT"].map { id in
        let loss = mark / 1_000_000 * range
        var one = Instrument(
          id: id, lot: "0.001 BTC", group: "btc", markFloor: mark, markCeil: mark + 1,
          pnlLong: [-loss, loss - 1], pnlShort: [loss - 1, -loss])
        one.long = (0..<5).map { k in
          let rate = (150_000 + Int64(k) * 3_000) / 100 * margin
          return Bracket(
            capLots: k == 4 ? nil : 1_000 * depth, imPerLot: mark / 1_000_000 * rate,
            mmPerLot: mark / 1_000_000 * rate * 2 / 3)
        }
        one.short = one.long
        // The limit of a position shrinks slowly.
        (one.maxLongLots, one.maxShortLots) = (1_600_000 - (100 - depth) * 1_000, 1_600_000)
        one.feeExit = mark / 1_000_000 * fee
        return one
      }
    }
    let first = try snapshot(epoch: 7) { honest(&$0, price: 100, margin: 100, depth: 100, fee: 500) }
    func refusal(_ change: (inout SnapshotDraft) -> Void) throws -> GuardRefusal? {
      var guarded = SnapshotGuard()
      try guarded.admit(question(first, time: 0), under: first, isSigned: true)
      let next = try snapshot(epoch: 8, after: first, change)
      let asked = try question(next, time: 0)
      do throws(GuardRefusal) {
        try guarded.admit(asked, under: next, isSigned: true)
        return nil
      } catch {
        return error
      }
    }
    // The price halves, margins rise by half, depth falls to a third, fees nearly double.
    func crash(_ draft: inout SnapshotDraft) { honest(&draft, price: 50, margin: 150, depth: 33, fee: 900) }
    #expect(try refusal { crash(&$0) } == nil)
    // What leaves the common move is measured as before.
    #expect(
      try refusal {
        crash(&$0)
        $0.instruments[0].long[1].capLots = 10_000
      } != nil)
    #expect(
      try refusal {
        crash(&$0)
        $0.instruments[0].maxShortLots = 400_000
      } != nil)
    #expect(
      try refusal {
        crash(&$0)
        $0.instruments[1].feeExit *= 2
      } != nil)
    #expect(
      try refusal {
        crash(&$0)
        $0.groups[0].scenarios[0].price /= 2
      } != nil)
    #expect(
      try refusal {
        crash(&$0)
        for k in 1..<5 { $0.instruments[1].long[k].imPerLot += 20_000_000 }
      } != nil)
    // A market that does more than markets do is for the trader to look at.
    #expect(try refusal { honest(&$0, price: 100, margin: 210, depth: 100, fee: 500) } != nil)
    #expect(try refusal { honest(&$0, price: 100, margin: 100, depth: 210, fee: 500) } != nil)
  }

  @Test("a guard comes back from its file; broken files are refused")
  func file() throws {
    var guarded = SnapshotGuard()
    let first = try snapshot(epoch: 7)
    try guarded.admit(question(first), under: first, isSigned: true)
    let bytes = guarded.encoded()
    #expect(try SnapshotGuard(decoding: bytes) == guarded)
    #expect(try SnapshotGuard(decoding: SnapshotGuard().encoded()) == SnapshotGuard())
    #expect(throws: GuardFileError.self) { try SnapshotGuard(decoding: Array(bytes.dropLast(20))) }
    func version(_ number: Int) -> [UInt8] {
      let text = String(decoding: bytes, as: UTF8.self)
      return Array(
        text.replacing(
          "{\n  \"version\": 3,\n  \"policy\"", with: "{\n  \"version\": \(number),\n  \"policy\""
        ).utf8)
    }
    #expect(throws: GuardFileError.unsupportedVersion(9)) { try SnapshotGuard(decoding: version(9)) }
    #expect(throws: GuardFileError.withoutAccounts) { try SnapshotGuard(decoding: version(1)) }
    // Version 2: without circuits, orders and the market's part.
    var older = String(decoding: version(2), as: UTF8.self)
    older = older.replacing(/\s*"marketMovePpm": \d+,/, with: "")
    older = older.replacing(/\s*"circuits": \[[^\]]*\],/, with: "")
    older = older.replacing(/,\s*"order": null/, with: "")
    let upgraded = try SnapshotGuard(decoding: Array(older.utf8))
    #expect(upgraded == guarded)
    #expect(throws: GuardFileError.self) { try SnapshotGuard(decoding: version(2)) }
  }

  @Test
  func `A45: a venue that chooses its snapshots finds a book by bisection, and a guard stops it`() throws {
    var random = SplitMix64(seed: 45)
    for _ in 0..<4 {
      let book = (0..<AdversarialVenue.instrumentCount).map { _ in
        Int64.random(in: -AdversarialVenue.largestPosition...AdversarialVenue.largestPosition, using: &random)
      }
      var free = AdversarialVenue(on: book, against: nil)
      let found = try free.attack(hours: 1)
      // log₂ 2001 = 10.97 for each of five positions, in whole questions.
      #expect(found.knownPositions == 5 && found.answers <= 5 * 12)
      // What traders have who choose nothing keeps the book for a week, with room; so for a month.
      var guarded = AdversarialVenue(on: book, against: SnapshotGuard())
      let held = try guarded.attack(hours: 24 * 7)
      #expect(held.knownPositions <= 1 && held.remainingBits > 40)
      #expect(held.answers <= 12 * 8)
      let longer = try guarded.attack(hours: 24 * 30)
      #expect(longer.knownPositions <= 2 && longer.remainingBits > 25)
      // At most one bit an answer: in a week the strict policy gives away less than half of log₂ 2001⁵ =
      // 54.8.
      var strict = AdversarialVenue(on: book, against: SnapshotGuard(policy: .strict))
      #expect(try strict.attack(hours: 24 * 7 - 1).answers <= 28)
      // What such limits are chosen against: faster moves and more questions.
      let loose = GuardPolicy(
        priceMovePpm: 250_000, limitMovePpm: 500_000, questionsPerWindow: 48, windowSeconds: 86_400)
      var easy = AdversarialVenue(on: book, against: SnapshotGuard(policy: loose))
      #expect(try easy.attack(hours: 24 * 30).knownPositions == 5)
    }
  }

  @Test(arguments: AdversarialVenue.Channel.allCases)
  func
    `A58: whatever the venue varies, bisection finds a book without a guard, and a budget bounds it with one`(
      _ channel: AdversarialVenue.Channel
    ) throws
  {
    let book: [Int64] = [417, -83, 902, -655, 240]
    var free = AdversarialVenue(on: book, against: nil, varying: channel)
    let found = try free.attack(hours: 1)
    #expect(found.remainingBits < 20 && found.answers <= 5 * 12, "\(found)")
    var guarded = AdversarialVenue(on: book, against: SnapshotGuard(), varying: channel)
    let day = try guarded.attack(hours: 24)
    #expect(day.answers <= 24)
    #expect(day.remainingBits >= 54.8 - 24 && day.knownPositions <= 2, "\(day)")
  }

  @Test("a leak report counts each set once and each state of the book by itself")
  func report() throws {
    let (a, b) = (try snapshot(epoch: 1), try snapshot(epoch: 2))
    let report = LeakReport(of: [
      try question(a), try question(a, time: 2_000), try question(b), try question(b, sequence: 1),
    ])
    #expect(report.states.map(\.sets) == [2, 1])
    #expect(report.states.map(\.questions) == [3, 1])
    #expect(report.bits == 3)
  }
}
