import Admission
import CanonicalBytes
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceFixtures
import SolvencyVerifier
import Testing
import TransparencyLog

@testable import SolvencyService

@Suite("Desk over HTTP")
struct DeskRouteTests {
  private func document(_ published: PublishedSnapshot) -> [UInt8] {
    JSONValue.object([
      JSONMember("snapshot", published.snapshot.json), JSONMember("endorsement", published.endorsement.json),
    ]).encoded()
  }

  private func attestations(_ attestations: [Signed<Attestation>]) -> [UInt8] {
    JSONValue.object([JSONMember("attestations", .array(attestations.map(\.json)))]).encoded()
  }

  @Test(
    "streams of requests are decided in their order, bad lines among them, and each admission is in the log")
  func stream() async throws {
    let fixture = try Fixture()
    let (snapshot, traders) = try fixture.open()
    func request(_ trader: FixtureTrader) throws -> [UInt8] {
      try trader.request(
        under: snapshot, circuit: fixture.venue.circuit, to: fixture.audience, at: Fixture.now
      ).json.encoded()
    }
    let good = try traders.map(request)
    var lines = good
    lines.insert(Array("{\"version\": 1}".utf8), at: 1)
    lines.append([UInt8](repeating: UInt8(ascii: "x"), count: AdmissionRequest.fileByteLimit + 10))
    lines.append(good[0])
    let body = Array(lines.joined(separator: [UInt8(ascii: "\n")]))
    let count = lines.count
    let bad = [1, count - 2]
    try await fixture.serve { (client) async throws -> Void in
      let answer = try await client.ask(.post, "/v1/requests/batch", body, type: Body.lines)
      #expect(answer.status == .ok)
      let verdicts = answer.text.split(separator: "\n")
      #expect(verdicts.count == count)
      for (place, line) in verdicts.enumerated() {
        #expect(line.hasPrefix("{\"line\":\(place + 1),"))
        let word =
          bad.contains(place) ? "\"malformed\"" : place == count - 1 ? "\"replayed\"" : "\"admitted\""
        #expect(line.contains(word), "line \(place + 1): \(line)")
        #expect(line.contains("\"receipt\"") == (word == "\"admitted\""))
      }
      #expect(try await client.ask(.post, "/v1/requests/batch", [], type: Body.lines).text == "")
      #expect(
        try await client.ask(.post, "/v1/requests/batch", good[0], type: "text/plain").status
          == .unsupportedMediaType)
    }
    #expect(fixture.core.activity.streams == 0)
    let counts = try fixture.core.desk.ledger.withState { $0.statusCounts(at: Fixture.now) }
    #expect(counts[.current] == traders.count)
  }

  @Test("a venue's day: a snapshot, an account, a proof, a fill, and what can be read of them")
  func day() async throws {
    let fixture = try Fixture()
    let snapshot = try fixture.venue.snapshot()
    let registry = try Registry(of: snapshot)
    try await fixture.serve { (client) async throws -> Void in
      #expect(try await client.ask(.get, "/v1/snapshots/current").code == "not-found")
      #expect(try await client.ask(.get, "/v1/registry").code == "not-found")
      let unready = try await client.ask(.get, "/readyz")
      #expect(unready.status == .serviceUnavailable)
      let published = try await client.ask(
        .put, "/v1/snapshots", document(fixture.venue.published(snapshot)), token: "publisher")
      #expect(published.status == .created)
      #expect(published["epoch"] == "1")
      #expect(try await client.ask(.get, "/readyz")["ready"] == "true")
      let read = try await client.ask(.get, "/v1/snapshots/current")
      #expect(try RiskSnapshot(json: #require(read.json).value.members("snapshot").encoded()) == snapshot)
      #expect(try await client.ask(.get, "/v1/snapshots/\(snapshot.digest)").status == .ok)
      #expect(try await client.ask(.get, "/v1/registry")["digest"] == registry.digest.description)
      let circuits = try await client.ask(.get, "/v1/circuits")
      #expect(circuits.text.contains(fixture.venue.circuit.digest.description))
      #expect(
        try await client.ask(.get, "/v1/circuits/\(fixture.venue.circuit.digest)").text
          == FixtureVenue.circuitSource)

      let trader = try FixtureTrader("alice smith", registry: registry)
      let word = try fixture.venue.attestation(of: trader, to: fixture.audience)
      let opened = try await client.ask(.post, "/v1/accounts", attestations([word]), token: "custodian")
      #expect(opened.status == .created)
      #expect(opened.headers[.location] == "/v1/accounts/alice%20smith")
      #expect(
        try await client.ask(.post, "/v1/accounts", attestations([word]), token: "custodian").code
          == "account-exists")
      let before = try await client.ask(.get, "/v1/accounts/alice%20smith", token: "reader")
      #expect(before["status"] == "unproven")

      let request = try trader.request(
        under: snapshot, circuit: fixture.venue.circuit, to: fixture.audience, at: Fixture.now)
      let verdict = try await client.ask(.post, "/v1/requests", request.json.encoded())
      #expect(verdict["verdict"] == "admitted")
      let again = try await client.ask(.post, "/v1/requests", request.json.encoded())
      #expect(again["verdict"] == "refused")
      #expect(again.text.contains("replayed"))
      #expect(
        try await client.ask(.get, "/v1/accounts/alice%20smith", token: "reader")["status"] == "current")
      let room = try await client.ask(.get, "/v1/accounts/alice%20smith/headroom", token: "reader")
      #expect(room["status"] == "current")

      // The receipt is checked with the log's key alone, offline.
      let proof = try LogProof(decoding: Array(#require(verdict["receipt"]).utf8))
      let origin = proof.checkpoint.unverified.origin
      #expect(origin.description.hasPrefix("log.example/"))
      #expect(String(proof.index) == verdict["entry"])

      let report = try fixture.venue.report(["position/BTC-PERP": 1, "cash": -100], of: trader)
      let filled = try await client.ask(.post, "/v1/fills", report.json.encoded(), token: "engine")
      #expect(filled.status == .created)
      #expect(
        try await client.ask(.post, "/v1/fills", report.json.encoded(), token: "engine").code == "stale-state"
      )
      #expect(try await client.ask(.get, "/v1/accounts/alice%20smith", token: "reader")["sequence"] == "1")

      let challenge = try await client.ask(
        .post, "/v1/accounts/alice%20smith/challenges?seconds=60", token: "publisher")
      #expect(challenge.status == .created)
      #expect(challenge["expires"] == "\(Fixture.now.seconds + 60)")
      #expect(try await client.ask(.post, "/v1/roll", token: "publisher").status == .created)
    }
  }

  @Test("signatures of others, of other roles and of other things are refused, each under its code")
  func foreign() async throws {
    let fixture = try Fixture()
    let (snapshot, traders) = try fixture.open()
    let other = try Fixture()
    try other.open()
    try await fixture.serve { (client) async throws -> Void in
      let next = try fixture.venue.snapshot(epoch: 2, after: snapshot)
      let forged = try PublishedSnapshot(next, endorsement: other.venue.published(next).endorsement)
      #expect(
        try await client.ask(.put, "/v1/snapshots", document(forged), token: "publisher").code
          == "foreign-signature")
      // The endorsement of another snapshot does not hold on this one.
      let swapped = PublishedSnapshot(next, endorsement: try fixture.venue.published(snapshot).endorsement)
      #expect(
        try await client.ask(.put, "/v1/snapshots", document(swapped), token: "publisher").code
          == "invalid-signature")
      let loose = try fixture.venue.snapshot(epoch: 2) { $0.prevHash = .sha256(of: [1]) }
      #expect(
        try await client.ask(
          .put, "/v1/snapshots", document(fixture.venue.published(loose)), token: "publisher"
        ).code
          == "broken-snapshot-chain")
      #expect(
        try await client.ask(
          .put, "/v1/snapshots", document(fixture.venue.published(snapshot)), token: "publisher"
        ).code
          == "epoch-not-later")

      let bob = try FixtureTrader("bob", registry: traders[0].registry)
      func open(_ word: Signed<Attestation>) async throws -> String? {
        try await client.ask(.post, "/v1/accounts", attestations([word]), token: "custodian").code
      }
      #expect(try await open(other.venue.attestation(of: bob, to: fixture.audience)) == "foreign-signature")
      #expect(try await open(fixture.venue.attestation(of: bob, to: other.audience)) == "pledged-elsewhere")
      #expect(
        try await open(
          fixture.venue.attestation(
            of: bob, to: fixture.audience, issued: Timestamp(seconds: 1_600_000_000), seconds: 9))
          == "attestation-not-in-force")
      #expect(
        try await open(
          fixture.venue.attestation(
            of: bob, to: fixture.audience, issued: Fixture.now.advanced(by: 3_600), seconds: 9))
          == "attestation-not-in-force")
      let report = try other.venue.report(["position/BTC-PERP": 1], of: traders[0])
      #expect(
        try await client.ask(.post, "/v1/fills", report.json.encoded(), token: "engine").code
          == "foreign-signature")
      let genuine = try fixture.venue.report(["position/BTC-PERP": 1], of: traders[0])
      let greedy = try fixture.venue.report(["position/BTC-PERP": 2], of: traders[0])
      let mixed = Signed(greedy.unverified, signer: genuine.signer, signature: genuine.signature)
      #expect(
        try await client.ask(.post, "/v1/fills", mixed.json.encoded(), token: "engine").code
          == "invalid-signature")
      #expect(
        try await client.ask(
          .post, "/v1/fills", fixture.venue.report(["cash": 1], of: bob).json.encoded(), token: "engine"
        )
        .code == "unknown-account")
      // One document in the place of another.
      #expect(try await client.ask(.post, "/v1/fills", attestations([]), token: "engine").code == "malformed")
      #expect(
        try await client.ask(.post, "/v1/accounts", attestations([]), token: "custodian").code
          == "no-attestation")
    }
  }

  @Test(
    "proofs for other ledgers, past their window or of another state are refused by the desk with its reasons"
  )
  func refusals() async throws {
    let fixture = try Fixture()
    let (snapshot, traders) = try fixture.open(["alice", "bob"])
    try await fixture.serve { (client) async throws -> Void in
      func reasons(_ request: AdmissionRequest) async throws -> String {
        try await client.ask(.post, "/v1/requests", request.json.encoded()).text
      }
      let circuit = fixture.venue.circuit
      let elsewhere = try traders[0].request(
        under: snapshot, circuit: circuit, to: Audience("Test Exchange"), at: Fixture.now)
      #expect(try await reasons(elsewhere).contains("wrong-audience"))
      // Clocks that differ: a proof from the future, and one that is over.
      let early = try traders[0].request(
        under: snapshot, circuit: circuit, to: fixture.audience, at: Fixture.now.advanced(by: 300))
      #expect(try await reasons(early).contains("not-yet-issued"))
      let late = try traders[0].request(
        under: snapshot, circuit: circuit, to: fixture.audience,
        at: Timestamp(seconds: Fixture.now.seconds - 50),
        seconds: 20)
      #expect(try await reasons(late).contains("expired"))
      let stranger = try FixtureTrader("nobody", registry: traders[0].registry)
      let unknown = try stranger.request(
        under: snapshot, circuit: circuit, to: fixture.audience, at: Fixture.now)
      #expect(try await reasons(unknown).contains("unknown-account"))
      #expect(fixture.core.watch.now.refusals[.unknownAccount] == 1)
      #expect(fixture.core.metrics.value("solvencyd_refusals_total", [("reason", "expired")]) == 1)
    }
  }

  @Test("concurrent requests share batches, and each has its own verdict")
  func concurrent() async throws {
    let fixture = try Fixture { $0.batching = BatchingLimits(size: 64, delayMilliseconds: 40) }
    let names = (0..<12).map { "trader-\($0)" }
    let (snapshot, traders) = try fixture.open(names)
    let requests = try traders.map {
      try $0.request(under: snapshot, circuit: fixture.venue.circuit, to: fixture.audience, at: Fixture.now)
    }
    let before = fixture.core.ledger.admission.ledger.head.count
    try await fixture.serve { (client) async throws -> Void in
      let verdicts = try await withThrowingTaskGroup(of: String?.self) { group in
        for request in requests + requests {
          group.addTask { try await client.ask(.post, "/v1/requests", request.json.encoded())["verdict"] }
        }
        return try await group.reduce(into: [String?]()) { $0.append($1) }
      }
      #expect(verdicts.count { $0 == "admitted" } == 12)
      #expect(verdicts.count { $0 == "refused" } == 12)
    }
    let after = fixture.core.ledger.admission.ledger.head.count
    #expect(after >= before + 12)
    #expect((fixture.core.metrics.value("solvencyd_batch_seconds", [("kind", "admit")]) ?? 0) < 24)
  }

  @Test("the log: checkpoint, tiles, receipts, and a witness's cosignature")
  func log() async throws {
    let fixture = try Fixture()
    try fixture.open(["alice", "bob"])
    try await fixture.serve { (client) async throws -> Void in
      #expect(try await client.ask(.get, "/v1/log/checkpoint").code == "not-found")
      #expect(try await client.ask(.get, "/v1/receipts/0").code == "not-published")
      try await fixture.follow()
      let note = try await client.ask(.get, "/v1/log/checkpoint")
      let signed = try SignedCheckpoint(decoding: note.bytes)
      let head = signed.unverified.head
      #expect(head.size == fixture.core.ledger.admission.ledger.head.count)
      let tile = try await client.ask(.get, "/v1/log/tile/0/000.p/\(head.size)")
      #expect(tile.bytes.count == Int(head.size) * 32)
      #expect(try await client.ask(.get, "/v1/log/tile/entries/000.p/\(head.size)").status == .ok)
      let receipt = try LogProof(decoding: try await client.ask(.get, "/v1/receipts/1").bytes)
      let claim = InclusionProof(index: receipt.index, size: head.size, path: receipt.path)
      try claim.verify(leaf: .leaf(#require(receipt.extra)), root: head.root)
      #expect(try await client.ask(.get, "/v1/receipts/99999").code == "not-found")

      #expect(try await client.ask(.get, "/v1/log/checkpoint/witnessed").code == "not-found")
      let type = "text/plain"
      func line(_ key: borrowing SigningKey, _ name: ExactText, _ signed: SignedCheckpoint) throws -> [UInt8]
      {
        let log = try fixture.venue.logKeyFile.noteKey(named: signed.unverified.origin)
        let witness = Witness(try key.cosigner(named: name), logs: [log])
        let request = WitnessRequest(oldSize: 0, path: [], checkpoint: signed)
        let cosigned = try witness.cosign(request, at: Fixture.now.seconds, in: MemoryWitnessStore())
        return NoteSignature.encoded([cosigned.cosignature])
      }
      let early = try line(fixture.witnessKey, "witness.example", signed)
      let cosigned = try await client.ask(.post, "/v1/log/witness", note.bytes + early, type: type)
      #expect(cosigned.status == .ok)
      #expect(cosigned.text.contains("witness.example"))
      #expect(try await client.ask(.get, "/v1/log/checkpoint/witnessed").text.contains("witness.example"))
      // A witness that is not known here, the log's own signature alone, and what is not a note.
      let foreign = try line(SigningKey.random(role: .witness), "stranger.example", signed)
      #expect(
        try await client.ask(.post, "/v1/log/witness", note.bytes + foreign, type: type).code
          == "foreign-signature")
      #expect(
        try await client.ask(.post, "/v1/log/witness", note.bytes, type: type).code == "foreign-signature")
      #expect(
        try await client.ask(.post, "/v1/log/witness", Array("hello".utf8), type: type).code == "malformed")
      // The cosignature of one checkpoint under another, and a checkpoint that the log did not hand out.
      try fixture.core.ledger.admission.roll(at: Fixture.now)
      try await fixture.follow()
      let later = try await client.ask(.get, "/v1/log/checkpoint").bytes
      #expect(
        try await client.ask(.post, "/v1/log/witness", later + early, type: type).code == "invalid-signature")
      let other = Fixture.other
      #expect(
        try await client.ask(.post, "/v1/log/witness", Array(other.utf8), type: type).code
          == "unknown-checkpoint")
    }
  }

  @Test("a server that is started again goes on with the tiles it has, and refuses those of another log")
  func restart() async throws {
    let fixture = try Fixture()
    try fixture.open(["alice"])
    try await fixture.follow()
    let size = try #require(fixture.core.publisher?.served?.unverified.head.size)
    var settings = ServiceCore.Settings()
    settings.tileFolder = fixture.folder + "/tiles"
    settings.clock = { Fixture.now }
    let again = try ServiceCore(try fixture.venue.ledger(), settings: settings, logger: fixture.core.logger)
    #expect(again.publisher?.served?.unverified.head.size == size)
    #expect(again.index.count == 1)
    #expect(again.watch.now.epochs.map(\.epoch) == [1])
    let other = try Fixture()
    try other.open(["bob", "carol", "dave"])
    settings.tileFolder = fixture.folder + "/tiles"
    #expect(throws: ServiceCore.Failure.self) {
      try ServiceCore(try other.venue.ledger(), settings: settings, logger: fixture.core.logger)
    }
  }
}

extension JSONValue {
  func members(_ name: String) throws -> JSONValue { try #require(OpenAPICheck.member(self, name)) }
}
