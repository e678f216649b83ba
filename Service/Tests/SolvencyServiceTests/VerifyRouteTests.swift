import Admission
import CanonicalBytes
import Hummingbird
import HummingbirdTesting
import ServiceFixtures
import SolvencyVerifier
import Testing

@testable import SolvencyService

@Suite("Verification over HTTP")
struct VerifyRouteTests {
  @Test("a proof is accepted, and it is said whether the commitment is the ledger's (A63)")
  func single() async throws {
    let fixture = try Fixture()
    let (snapshot, traders) = try fixture.open()
    let stranger = try FixtureTrader("stranger", registry: traders[0].registry)
    @Sendable func proof(_ trader: FixtureTrader, _ kind: MarginKind = .initial) throws -> [UInt8] {
      try trader.request(
        kind, under: snapshot, circuit: fixture.venue.circuit, to: fixture.audience, at: Fixture.now
      )
      .envelope.encoded()
    }
    try await fixture.serve { (client) async throws -> Void in
      let known = try await client.ask(.post, "/v1/verify", proof(traders[0]))
      #expect(known["verdict"] == "accepted")
      #expect(known["isLedgerCommitment"] == "true")
      let unbound = try await client.ask(.post, "/v1/verify", proof(stranger))
      #expect(unbound["verdict"] == "accepted")
      #expect(unbound["isLedgerCommitment"] == "false")
      #expect(
        try await client.ask(.post, "/v1/verify?commitment=ledger", proof(stranger))["reason"]
          == "unknown-account")
      #expect(
        try await client.ask(.post, "/v1/verify?kind=initial", proof(traders[0], .maintenance))["reason"]
          == "wrong-kind")
      #expect(
        try await client.ask(.post, "/v1/verify?audience=else", proof(traders[0]))["reason"]
          == "wrong-audience")
      for query in [
        "kind=both", "commitment=mine", "audience=", "nonsense=1", "kind=initial&kind=initial", "kind=%zz",
      ] {
        let refused = try await client.ask(.post, "/v1/verify?\(query)", proof(traders[0]))
        #expect(refused.status == .badRequest, "\(query)")
      }
    }
  }

  @Test("a changed byte of a proof is rejected")
  func tampered() async throws {
    let fixture = try Fixture()
    let (snapshot, traders) = try fixture.open()
    let request = try traders[0].request(
      under: snapshot, circuit: fixture.venue.circuit, to: fixture.audience, at: Fixture.now)
    let envelope = request.envelope
    var bytes = envelope.proof.bytes
    bytes[bytes.count / 2] ^= 1
    let changed = ProofEnvelope(
      circuitName: envelope.circuitName, context: envelope.context, commitments: envelope.commitments,
      proof: CircuitProof(bytes: bytes))
    try await fixture.serve { (client) async throws -> Void in
      let verdict = try await client.ask(.post, "/v1/verify", changed.encoded())
      #expect(verdict["verdict"] == "rejected")
    }
  }

  @Test("streams of proofs have one verdict a line, in order, bad lines among them")
  func stream() async throws {
    let fixture = try Fixture()
    let (snapshot, traders) = try fixture.open()
    let good = try traders[0].request(
      under: snapshot, circuit: fixture.venue.circuit, to: fixture.audience, at: Fixture.now
    ).envelope.encoded()
    var lines: [[UInt8]] = []
    for place in 0..<700 { lines.append(place % 7 == 3 ? Array("{\"version\": 1}".utf8) : good) }
    lines.append([UInt8](repeating: UInt8(ascii: "x"), count: ProofEnvelope.byteLimit + 10))
    lines.append(good)
    let body = Array(lines.joined(separator: [UInt8(ascii: "\n")]))
    try await fixture.serve { (client) async throws -> Void in
      let answer = try await client.ask(.post, "/v1/verify/batch", body, type: Body.lines)
      #expect(answer.status == .ok)
      let verdicts = answer.text.split(separator: "\n")
      #expect(verdicts.count == 702)
      for (place, line) in verdicts.enumerated() {
        #expect(line.hasPrefix("{\"line\":\(place + 1),"))
        let isBad = place < 700 ? place % 7 == 3 : place == 700
        #expect(line.contains(isBad ? "\"malformed\"" : "\"accepted\""), "line \(place + 1)")
      }
      #expect(verdicts[700].contains("more than"))
      #expect(try await client.ask(.post, "/v1/verify/batch", [], type: Body.lines).text == "")
      #expect(
        try await client.ask(.post, "/v1/verify/batch?commitment=ledger", good, type: Body.lines).code
          == "bad-parameter")
    }
    #expect(fixture.core.activity.streams == 0)
  }

  @Test("lines are split wherever the pieces are cut, and long ones are skipped to their ends")
  func splitting() {
    let text = Array("one\r\n\ntwo\nthree".utf8)
    for cut in 0...text.count {
      var splitter = LineSplitter(limit: 8)
      var found: [String] = []
      for piece in [text[..<cut], text[cut...]] {
        for line in splitter.take(ByteBuffer(bytes: piece)) {
          if case .bytes(let bytes) = line { found.append(String(decoding: bytes, as: UTF8.self)) }
        }
      }
      for line in splitter.finish() {
        if case .bytes(let bytes) = line { found.append(String(decoding: bytes, as: UTF8.self)) }
      }
      #expect(found == ["one", "two", "three"], "cut at \(cut)")
    }
    var splitter = LineSplitter(limit: 4)
    let lines = splitter.take(ByteBuffer(string: "12345678\nabcd\n123456")) + splitter.finish()
    #expect(lines.count == 3)
    guard case .tooLong = lines[0], case .bytes = lines[1], case .tooLong = lines[2] else {
      Issue.record("\(lines)")
      return
    }
  }
}
