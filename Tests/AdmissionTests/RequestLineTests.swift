import Admission
import CanonicalBytes
import CircuitProofs
import FuzzTargets
import MarginRules
import Solvency
import Testing

/// The reader of lines without a tree of JSON, against the reader of all texts.
@Suite("Lines of requests")
struct RequestLineTests {
  /// Requests for a venue by its name and by its ledger, of standing and with an order.
  private func requests() throws -> [AdmissionRequest] {
    let (named, keeping) = try (
      envelope(for: Audience("venue")), envelope(for: Audience("venue", ledger: Sample.digest("ledger")))
    )
    let order = Order(instrument: "BTC-PERP", side: .sell, lots: 5, cashPerLot: -63_718_971)
    let purchase = Order(instrument: "BTC PERP", side: .buy, lots: .max, cashPerLot: 0)
    let reducing = Order(instrument: "BTC-PERP", side: .buy, lots: 5, cashPerLot: 1, intent: .reduce)
    return [named, keeping].flatMap { envelope in
      [nil, order, purchase, reducing].map {
        AdmissionRequest(envelope: envelope, order: $0, salt: Nonce(Bytes32(filling: [7])))
      }
    }
  }

  private func envelope(for audience: Audience) throws -> ProofEnvelope {
    let context = try ProofContext(
      circuit: Sample.digest("circuit"), snapshot: Sample.digest("snapshot"),
      registry: Sample.digest("registry"), kind: .initial, account: Sample.account(1), sequence: 3,
      audience: audience, nonce: Sample.nonce("nonce"), issued: Sample.time(0), expires: Sample.time(600))
    return ProofEnvelope(
      circuitName: "portfolio-margin", context: context, commitments: [try Sample.point("V")],
      proof: CircuitProof(bytes: (0..<736).map { UInt8(truncatingIfNeeded: $0) }))
  }

  @Test("a request is read as it is written; without a tree if it opens and has no number of more digits")
  func written() throws {
    for request in try requests() {
      let line = request.json.encoded(.compact)
      let isPlain = request.order.map { $0.intent == .open && $0.lots < 1 << 53 } ?? true
      #expect(RequestLine.read(line) == (isPlain ? request : nil))
      #expect(try AdmissionRequest(document: line) == request)
      #expect(try AdmissionRequest(json: line) == request)
      #expect(RequestLine.read(line + [UInt8(ascii: " ")]) == nil)
      #expect(RequestLine.read(Array(line.dropLast())) == nil)
      // Indented, as a file has it.
      #expect(try AdmissionRequest(json: request.json.encoded(.indented)) == request)
    }
  }

  @Test(
    "of 20,000 changed requests, each that is read without a tree is read to the same by the reader of all texts"
  )
  func mutated() throws {
    var mutator = Mutator(seed: 78)
    let lines = try requests().map { $0.json.encoded(.compact) }
    var (fast, both) = (0, 0)
    for round in 0..<20_000 {
      let line = lines[round % lines.count]
      let bytes = mutator.mutated(line, with: lines[(round + 1) % lines.count], form: .json)
      guard let request = RequestLine.read(bytes) else { continue }
      fast += 1
      if (try? AdmissionRequest(document: bytes)) == request {
        both += 1
      } else {
        Issue.record("\(String(decoding: bytes, as: UTF8.self))")
      }
    }
    #expect(fast == both && fast > 100)
  }

  @Test(
    "words, numbers and names have one form",
    arguments: [
      ("\"side\":\"sell\"", "\"side\":\"sold\""), ("\"lots\":5", "\"lots\":05"),
      ("\"lots\":5", "\"lots\":-5"),
      ("\"cashPerLot\":-63718971", "\"cashPerLot\":-0"),
      ("\"cashPerLot\":-63718971", "\"cashPerLot\":--63718971"),
      ("\"cashPerLot\":-63718971", "\"cashPerLot\":6e7"), ("\"intent\":\"open\"", "\"intent\":\"opened\""),
      ("\"instrument\":\"BTC-PERP\"", "\"instrument\":\"\""), ("\"salt\":\"07", "\"salt\":\"7"),
      ("\"version\":1", "\"version\":2"), ("\"order\":{", "\"order\":nul{"),
      ("\"audience\":{\"name\":\"venue\"", "\"audience\":{\"name\":\" venue\""),
      ("\",\"ledger\":\"", "\",\"ledger\":\"F"),
    ])
  func forms(_ change: (part: String, other: String)) throws {
    let line = String(decoding: try requests()[5].json.encoded(.compact), as: UTF8.self)
    let changed = line.replacing(change.part, with: change.other, maxReplacements: 1)
    #expect(changed != line)
    #expect(RequestLine.read(Array(changed.utf8)) == nil)
  }
}
