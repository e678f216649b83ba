import Admission
import CanonicalBytes
import ServiceFixtures
import Testing
import TransparencyLog

@testable import SolvencyService

/// What is written as it goes, against trees.
@Suite("Text without trees")
struct WrittenTextTests {
  @Test("verdicts with their receipts are what their trees are written to, in one batch and after it")
  func verdicts() async throws {
    let fixture = try Fixture()
    let (snapshot, traders) = try fixture.open()
    let requests = try traders.map {
      try $0.request(under: snapshot, circuit: fixture.venue.circuit, to: fixture.audience, at: Fixture.now)
    }
    var verdicts = try await fixture.core.review(Array(requests.dropLast()))
    verdicts += try await fixture.core.review([requests[0], requests[requests.count - 1]])
    #expect(verdicts.contains { $0.receipt?.proof != nil } && verdicts.contains { $0.receipt == nil })
    var writer = VerdictText()
    for verdict in verdicts + verdicts.reversed() {
      var members = verdict.jsonMembers
      if let proof = verdict.receipt?.proof {
        let file = proof.encoded()
        #expect(try LogProof(decoding: file) == proof)
        members.append(JSONMember("receipt", .string(String(decoding: file, as: UTF8.self))))
      }
      var text = JSONText()
      text.append("{")
      writer.append(verdict, to: &text)
      text.append("}")
      #expect(text.bytes == JSONValue.object(members).encoded())
    }
  }

  @Test("an entry's event has its place, a kind of the list, and data that is JSON in one form")
  func events() async throws {
    let fixture = try Fixture()
    let (snapshot, traders) = try fixture.open()
    let request = try traders[0].request(
      under: snapshot, circuit: fixture.venue.circuit, to: fixture.audience, at: Fixture.now)
    _ = try await fixture.core.review([request])
    var kinds: Set<String> = []
    for item in try fixture.core.ledger.reader.items(from: 0, limit: 1_000) {
      let event = LedgerNotice.event(of: item)
      guard !event.bytes.isEmpty else { continue }
      let lines = String(decoding: event.bytes, as: UTF8.self).split(
        separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.count == 5 && lines[0] == "id: \(item.entry.index)" && lines[3] == "" && lines[4] == "")
      kinds.insert(String(lines[1].dropFirst("event: ".count)))
      let data = Array(lines[2].utf8.dropFirst("data: ".utf8.count))
      let value = try JSONDocument.parse(data, maximumBytes: 1 << 16).value
      #expect(value.encoded() == data)
      guard case .proofAccepted(let record) = item.entry.event else { continue }
      #expect(
        value
          == .object([
            JSONMember("entry", .integer(item.entry.index)),
            JSONMember("time", .integer(item.entry.time.seconds)),
            JSONMember("account", .string(record.account.description)),
            JSONMember("epoch", .integer(record.epoch)),
            JSONMember("until", .integer(record.until.seconds)), JSONMember("order", .bool(false)),
          ]))
    }
    #expect(kinds.isSuperset(of: ["epoch", "opened", "admitted"]))
  }
}
