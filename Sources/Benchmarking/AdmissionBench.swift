internal import Admission
internal import AdmissionStore
internal import CanonicalBytes
internal import CircuitLanguage
package import CommandSupport
internal import Foundation
package import MarginRules
internal import Ristretto
internal import Solvency
internal import SolvencyProver
internal import SolvencyVerifier

/// Decisions on requests for portfolio margin, and what a ledger of many accounts takes.
package struct AdmissionBench {
  package init() {
  }
  private static let accountCount = 128
  private static let sampleCount = 5

  /// Everything that the measurements share: accounts, and a request of each.
  struct Fixture {
    let keys: DeskKeys
    let venue: Audience
    let circuit: Circuit
    let charter: Charter
    let published: PublishedSnapshot
    let attestations: [Signed<Attestation>]
    let requests: [AdmissionRequest]
    let now: Timestamp
  }

  /// Verification alone, and decisions singly and together, in memory and on SQLite, on one thread: processor
  /// time, and for SQLite also the time of the wall, which the disk takes part in.
  package func decisions(
    _ snapshot: RiskSnapshot, named name: String
  ) throws(ToolFailure) -> [Stopwatch.Measurement] {
    try ToolFailure.wrapping(name) {
      let fixture = try Self.fixture(snapshot, count: Self.accountCount)
      let count = fixture.requests.count
      let envelopes = fixture.requests.map(\.envelope)
      let catalog = RuleCatalog()
      catalog.register(fixture.circuit)
      catalog.register(snapshot)
      let verifier = ProofVerifier(catalog: catalog)
      let expectations = Expectations(now: fixture.now, audience: fixture.venue)
      func each(_ name: String, _ samples: [Stopwatch.Sample]) -> Stopwatch.Measurement {
        Stopwatch.Measurement(name: name, samples, sharedBy: count)
      }
      let folder = FileManager.default.temporaryDirectory
        .appending(path: "solvency-bench-\(ProcessInfo.processInfo.processIdentifier)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }

      var bare: [Times] = []
      var samples: [[Times]] = [[], [], [], []]
      // In turns, so that a change of the machine's speed falls on all.
      for turn in 0..<Self.sampleCount {
        bare.append(
          try Self.time(count) {
            verifier.verify(envelopes, expecting: expectations, workers: 1).count(where: \.isAccepted)
          })
        for index in samples.indices {
          let store: any LedgerStore =
            index < 2
            ? MemoryStore()
            : try SQLiteStore(creating: folder.appending(path: "\(turn)-\(index).sqlite").path)
          let desk = try Self.desk(fixture, store)
          samples[index].append(
            try Self.time(count) {
              index.isMultiple(of: 2)
                ? fixture.requests.count { desk.review($0, at: fixture.now).receipt != nil }
                : desk.review(fixture.requests, at: fixture.now, workers: 1)
                  .count { $0.receipt != nil }
            })
        }
      }
      return [
        each("verify in a batch of \(count), each", bare.map(\.processor)),
        each("admit singly, in memory", samples[0].map(\.processor)),
        each("admit in a batch of \(count), in memory, each", samples[1].map(\.processor)),
        each("admit singly, on SQLite", samples[2].map(\.processor)),
        each("admit in a batch of \(count), on SQLite, each", samples[3].map(\.processor)),
        each("the same singly, by the wall", samples[2].map(\.wall)),
        each("the same in a batch, by the wall", samples[3].map(\.wall)),
      ]
    }
  }

  private struct Times {
    let wall: Stopwatch.Sample
    let processor: Stopwatch.Sample
  }

  /// The times of a run that has this many successes.
  private static func time(_ expected: Int, _ body: () throws -> Int) throws -> Times {
    let start = (wall: ContinuousClock.now, processor: Stopwatch.threadTime)
    let successes = try body()
    let (wall, processor) = (
      ContinuousClock.now - start.wall, Stopwatch.threadTime - start.processor
    )
    let time = Times(
      wall: Stopwatch.Sample(nanoseconds: wall.nanoseconds),
      processor: Stopwatch.Sample(nanoseconds: processor.nanoseconds))
    guard successes == expected else {
      throw ToolFailure(
        .internalFault, "bench", "only \(successes) of \(expected) were accepted; this is a defect")
    }
    return time
  }

  static func desk(_ fixture: Fixture, _ store: any LedgerStore) throws -> Admission {
    let signer = try LogSigner(fixture.keys.venue())
    let ledger = try Ledger(store: store, signer: signer)
    // The same first entry in all of them, so that requests made once are for each.
    try ledger.adopt(fixture.charter, at: fixture.now)
    let desk = try Admission(fixture.charter, ledger: ledger)
    try desk.publish(fixture.published, at: fixture.now)
    for attestation in fixture.attestations { try desk.open([attestation], at: fixture.now) }
    // The rule is compiled before anything is measured, as it is in a desk at work.
    if let request = fixture.requests.first {
      _ = desk.review(AdmissionRequest(envelope: request.envelope, salt: .random()), at: fixture.now)
    }
    return desk
  }

  static func fixture(_ snapshot: RiskSnapshot, count: Int) throws -> Fixture {
    let keys = DeskKeys()
    let name = try Audience("bench")
    let circuit = try Documents.circuit("portfolio-margin")
    let registry = try Registry(of: snapshot)
    let rule = try MarginRule(
      circuit: circuit, snapshot: snapshot, kind: .initial, registry: registry)
    let now = Timestamp(seconds: UInt64(clamping: snapshot.validFrom))
    let charter = Charter(venue: name, parties: keys.parties, circuits: [circuit])
    let first = try Ledger(store: MemoryStore(), signer: LogSigner(keys.venue()))
    try first.adopt(charter, at: now)
    let venue = try Admission(charter, ledger: first).venue
    var attestations: [Signed<Attestation>] = []
    var requests: [AdmissionRequest] = []
    for index in 0..<count {
      Console.progress("prove", index, of: count)
      let book = try Book(account: AccountID("bench-\(index)"), registry: registry) {
        $0 == Registry.cash ? 1_000_000_000 : 0
      }
      let opening = AccountOpening(of: book)
      let attestation = try Attestation(
        account: opening.commitment(), pledgedTo: venue,
        custodians: CustodianSet([keys.custodian.verificationKey]), issued: now,
        expires: now.advanced(by: 100_000))
      attestations.append(try Signed(attestation, by: keys.custodian))
      let salt = Nonce.random()
      let purpose = ProofRequest(
        audience: venue, nonce: AdmissionRequest.nonce(for: nil, salt: salt), issued: now,
        expires: now.advanced(by: 600))
      requests.append(
        AdmissionRequest(envelope: try opening.prove(rule, for: purpose, at: now), salt: salt))
    }
    Console.progress("prove", count, of: count)
    let endorsement = SnapshotEndorsement(of: snapshot, by: venue)
    return Fixture(
      keys: keys, venue: venue, circuit: circuit, charter: charter,
      published: PublishedSnapshot(snapshot, endorsement: try Signed(endorsement, by: keys.venue())),
      attestations: attestations, requests: requests, now: now)
  }

  /// A million idle accounts: the time to open one, to look all of them through for overdue ones, and the
  /// memory.
  package func accounts(_ count: Int) throws(ToolFailure) -> (times: [Stopwatch.Measurement], bytes: Int) {
    try ToolFailure.wrapping("accounts") {
      let before = Stopwatch.residentMemory
      var state = LedgerState()
      let now = Timestamp(seconds: 1_000_000)
      let registry = Digest.sha256(of: [1])
      try state.apply(.registryPublished(RegistryRecord(registry: registry, count: 900)), at: now)
      try state.apply(
        .epochPublished(
          EpochRecord(
            epoch: 1, snapshot: registry, previous: .zero, validFrom: now,
            validTo: now.advanced(by: 3_600), graceEpochs: 1, callInterval: 3_600, fillInterval: 60,
            callGrace: 600)), at: now)
      let start = ContinuousClock.now
      for index in 0..<count {
        // Any 32 bytes will do: the state does not look into points.
        let point = try EncodedPoint(Digest.sha256(of: Array("\(index)".utf8)).bytes)
        try state.apply(
          .accountOpened(
            OpeningRecord(
              account: AccountID("account-\(index)"), registry: registry, commitment: point,
              sequence: 0, parts: [point], attestedUntil: now.advanced(by: 100_000),
              evidence: .zero)), at: now)
      }
      let opened = ContinuousClock.now
      let due = state.dueRoll(at: now.advanced(by: 3_000)).lines.count
      let rolled = ContinuousClock.now
      guard due == 0, state.accountCount == count else {
        throw ToolFailure(.internalFault, "bench", "accounts were lost; this is a defect")
      }
      let bytes = Stopwatch.residentMemory - before
      return (
        [
          Stopwatch.Measurement(
            name: "open an account, of \(count)",
            [Stopwatch.Sample(nanoseconds: (opened - start).nanoseconds)], sharedBy: count),
          Stopwatch.Measurement(
            name: "look \(count) accounts through",
            [Stopwatch.Sample(nanoseconds: (rolled - opened).nanoseconds)]),
        ], bytes
      )
    }
  }
}

extension Stopwatch {
  /// The memory that this process has now, in bytes; 0 where it cannot be told.
  package static var residentMemory: Int {
    // Second field of the file, in pages.
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8),
      let pages = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
    else { return peakMemory }
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
  }
}
