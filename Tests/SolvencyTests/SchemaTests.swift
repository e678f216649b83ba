import Admission
import CanonicalBytes
import CircuitProofs
import Foundation
import FuzzTargets
import Liquidation
import MarginRules
import MarketData
import RiskEngine
import Solvency
import SolvencyProver
import SolvencyVerifier
import StressLab
import TestSupport
import Testing
import VenueSolvency

/// The published schemas against the readers.
@Suite("Schemas")
struct SchemaTests {
  private struct Kind {
    let schema: JSONValue
    var seeds: [[UInt8]]
    let read: ([UInt8]) throws -> Void
  }

  private static func kind(_ name: String) throws -> Kind {
    // That of snapshots stands with their vectors.
    let folder = name == snapshotName ? "vectors/margin" : "Documentation/schemas"
    let file = Vectors.packageRoot.appending(path: "\(folder)/\(name).schema.json")
    let schema = try JSONDocument.parse(Array(Data(contentsOf: file)), maximumBytes: 1 << 20).value
    func example(_ path: String) throws -> [UInt8] {
      Array(try Data(contentsOf: Vectors.packageRoot.appending(path: path)))
    }
    func reading(_ files: String..., by read: @escaping ([UInt8]) throws -> Void) throws -> Kind {
      Kind(schema: schema, seeds: try files.map(example), read: read)
    }
    switch name {
    case "request": return try reading("Fuzz/Seeds/request.json") { _ = try AdmissionRequest(json: $0) }
    case "key": return try reading("Fuzz/Seeds/public-key.json") { _ = try PublicKeyFile(decoding: $0) }
    case "signed":
      var kind = try reading(
        "Fuzz/Seeds/attestation.json", "Fuzz/Seeds/fill-report.json", "Fuzz/Seeds/endorsement.json",
        by: signed)
      kind.seeds += try LiquidationFiles.signed()
      return kind
    case "guard":
      var kind = try reading("Fuzz/Seeds/guard.json") { _ = try SnapshotGuard(decoding: $0) }
      // One that has accepted nothing yet is short, so that changes meet its own members.
      let hex = String(repeating: "0a", count: 32)
      let first =
        """
        {"version": 3, "policy": {"priceMovePpm": 1, "limitMovePpm": 2, "marketMovePpm": 3, "questionsPerWindow": 4,
         "windowSeconds": 5}, "circuits": ["\(hex)"], "accepted": null, "questions": [{"account": "a", "time": 1,
         "circuit": "\(hex)", "snapshot": "\(hex)", "kind": "initial", "sequence": 0, "order": null}]}
        """
      kind.seeds.append(Array(first.utf8))
      return kind
    case "escrow": return try reading("Fuzz/Seeds/escrow.json") { _ = try EscrowPackage(decoding: $0) }
    case "escrow-share":
      return try reading("Fuzz/Seeds/escrow-share.json") { _ = try EscrowShare(decoding: $0) }
    case snapshotName:
      return Kind(schema: schema, seeds: try snapshots(example("Examples/snapshot.json"))) {
        _ = try RiskSnapshot(json: $0)
      }
    case "market": return try reading("Examples/market/market.json") { _ = try MarketListing(json: $0) }
    case "engine-configuration":
      return try reading("Fuzz/Seeds/configuration.json") { _ = try EngineConfiguration(json: $0) }
    case "stress-table":
      let table = StressTable([
        StressObservation(
          underlying: "BTC", direction: .fall, seconds: 86_400, move: 390_000, time: 1_584_057_600,
          source: "bars")
      ])
      return Kind(schema: schema, seeds: [table.json.encoded()]) { _ = try StressTable(json: $0) }
    case "registry":
      let history = RegistryHistory(try Registry(names: ["cash", "position/BTC-PERP"]))
      let grown = try history.grown(by: ["holding/ETH"])
      return Kind(schema: schema, seeds: [grown.json.encoded()]) { _ = try RegistryHistory(decoding: $0) }
    case "desk":
      let key = try PublicKeyFile(decoding: example("Fuzz/Seeds/public-key.json")).key
      let parties = Counterparties(venue: key, custodians: [key], matchingEngines: [key])
      let desk = DeskFile(
        venue: try Audience("venue"), parties: parties, policy: .production,
        convexity: ConvexityList([.zero: "linear"]))
      return Kind(schema: schema, seeds: [desk.json.encoded()]) { _ = try DeskFile(decoding: $0) }
    case "account":
      let account = try Fixture.coveredAccount().account
      return Kind(schema: schema, seeds: [account.json.encoded()]) { _ = try AccountCommitment(decoding: $0) }
    case "fill":
      let fill =
        #"{"version": 1, "account": "alice", "sequence": 0, "deltas": {"cash": "1000000", "debt/USDC": -3}}"#
      return Kind(schema: schema, seeds: [Array(fill.utf8)]) { _ = try Fill(decoding: $0) }
    case "book":
      let snapshot = try RiskSnapshot(json: example("Examples/snapshot.json"))
      let registry = try Registry(of: snapshot)
      let lots = LotSizes(of: snapshot)
      let inAssets =
        #"{"version": 1, "account": "a", "holdings": {"BTC": "0.5633 BTC"}, "cash": "-1.50 USD"}"#
      return Kind(schema: schema, seeds: [try example("Examples/book.json"), Array(inAssets.utf8)]) {
        _ = try Book(decoding: $0, registry: registry, lots: lots)
      }
    case "group":
      let single = try Fixture.coveredAccount().envelope
      let context = single.context
      let members = try [AccountID("a"), AccountID("b")].map { GroupMember(account: $0, sequence: 7) }
      let group = GroupEnvelope(
        circuitName: single.circuitName,
        context: try GroupContext(
          circuit: context.circuit, snapshot: context.snapshot, registry: context.registry,
          kind: context.kind,
          members: members, audience: context.audience, nonce: context.nonce, issued: context.issued,
          expires: context.expires),
        commitments: [single.commitments[0], single.commitments[0]],
        proof: CircuitProof(bytes: Array(single.proof.bytes.prefix(96))))
      return Kind(schema: schema, seeds: [group.encoded()]) { _ = try GroupEnvelope(decoding: $0) }
    case "roll-header":
      func header(_ bands: [Digest]) throws -> [UInt8] {
        try RollHeader(
          log: "example.com/ledger", ledger: Audience("venue"), epoch: 1, moment: Fixture.now,
          documents: RollDigests(
            snapshot: .zero, registry: .zero, rule: .sha256(of: [2]), bounded: .zero, totals: .zero,
            reserves: .zero, house: .zero, bands: bands), step: 5, fund: 0, accountCount: 3
        ).json.encoded()
      }
      return Kind(schema: schema, seeds: [try header([]), try header([.zero, .sha256(of: [1])])]) {
        _ = try RollHeader(decoding: $0)
      }
    case "exposure":
      let registry = try Registry(names: ["cash", "position/BTC-PERP"])
      let exposure = ProvedExposure(
        try Exposure(of: .zero, totals: ["cash": -5...5, "position/BTC-PERP": 0...0], registry: registry),
        proof: CircuitProof(bytes: [1, 2, 3]))
      return Kind(schema: schema, seeds: [exposure.json.encoded()]) {
        _ = try ProvedExposure(decoding: $0, registry: registry)
      }
    case "proof":
      let seed = try Fixture.coveredAccount().envelope.encoded()
      return Kind(schema: schema, seeds: [seed]) { _ = try ProofEnvelope(decoding: $0) }
    case "verification-summary":
      var summary = VerificationSummary(under: .init(Expectations(now: Fixture.now), circuits: [.zero]))
      summary.record(.rejected(.expired))
      summary.record(.rejected(.malformed(.emptyWindow)))
      summary.record(VerificationSummary.Input(name: "a", digest: .zero, count: 2))
      return Kind(schema: schema, seeds: [summary.json.encoded()]) { _ = try VerificationSummary(json: $0) }
    default:
      let (seeds, read) = try LiquidationFiles.kind(name)
      return Kind(schema: schema, seeds: seeds, read: read)
    }
  }

  private static let snapshotName = "risk-snapshot"

  /// Snapshots in both forms that their scenarios have, in groups that instruments name or at the top with
  /// neither, short so that changes meet each member; and the example.
  private static func snapshots(_ example: [UInt8]) throws -> [[UInt8]] {
    var draft = try RiskSnapshot(json: example).draft
    draft.factors = []
    draft.instruments = Array(draft.instruments.prefix(2))
    for index in draft.instruments.indices { draft.instruments[index].factors = nil }
    let grouped = try RiskSnapshot(draft).json
    guard case .object(let members) = grouped else { return [] }
    func without(_ key: String, _ value: JSONValue) -> JSONValue {
      switch value {
      case .object(let members): .object(members.filter { $0.key != key })
      case .array(let elements): .array(elements.map { without(key, $0) })
      default: value
      }
    }
    // One scenario, and so one gain of each instrument.
    func single(_ value: JSONValue) -> JSONValue {
      switch value {
      case .array(let elements): .array(elements.map(single))
      case .object(let members):
        .object(
          members.map { member in
            guard member.key.hasPrefix("pnl"), case .array(let gains) = member.value else { return member }
            return JSONMember(member.key, .array(Array(gains.prefix(1))))
          })
      default: value
      }
    }
    var plain: [JSONMember] = []
    for member in members where member.key != "groups" {
      let hasGroups = member.key == "instruments" || member.key == "collateral"
      plain.append(JSONMember(member.key, hasGroups ? single(without("group", member.value)) : member.value))
    }
    let scenarios: JSONValue = [["weight": 1, "price": .number("-0.5"), "vol": 0]]
    let changed = JSONValue.object(plain + [JSONMember("scenarios", scenarios)])
    var texts = [grouped, changed].map { $0.encoded() }
    // Any integer may be written as a string, and a time as seconds.
    let text = String(decoding: texts[0], as: UTF8.self)
    let words = text.replacing(/"(epoch|haltLevel|markFloor|bufferPpm|contLong)":(-?[0-9]+)/) { match in
      "\"\(match.1)\":\"\(match.2)\""
    }
    texts.append(Array(words.replacing(/"asOf":"[^"]*"/, with: "\"asOf\":5").utf8))
    return texts + [example]
  }

  /// Reads a signed file of the kind that it says it is of.
  private static func signed(_ bytes: [UInt8]) throws {
    do throws(FileError) {
      _ = try Signed<Attestation>(decoding: bytes)
    } catch .otherKind {
      do throws(FileError) {
        _ = try Signed<FillReport>(decoding: bytes)
      } catch .otherKind {
        do throws(FileError) {
          _ = try Signed<SnapshotEndorsement>(decoding: bytes)
        } catch .otherKind {
          do throws(FileError) {
            _ = try Signed<FundMovement>(decoding: bytes)
          } catch .otherKind {
            _ = try Signed<LiquidationBid>(decoding: bytes)
          }
        }
      }
    }
  }

  static let names =
    [
      "account", "fill", "book", "proof", "verification-summary", "request", "key", "signed", "guard",
      "escrow",
      "escrow-share", "market", "engine-configuration", "stress-table", "registry", "desk", "group",
      "roll-header", "exposure", snapshotName,
    ] + LiquidationFiles.names

  /// Whether a reader refuses for the form of the document.
  private func isFormal(_ error: any Error) -> Bool {
    let problem: DocumentProblem
    switch error {
    case SnapshotError.document(let error): problem = error.problem
    case FileError.document(let error): problem = error.problem
    case BookError.document(let error): problem = error.problem
    case GuardFileError.document(let error): problem = error.problem
    case EscrowError.document(let error): problem = error.problem
    case ConfigurationError.document(let error): problem = error.problem
    case let error as DocumentError:
      // A name that the file itself does not have is well formed.
      if case .unknownWord(let word, let known) = error.problem, isName(word),
        !known.contains(where: { $0.contains(" ") })
      {
        if ["underlying", "group"].contains(where: error.path.description.hasSuffix) { return false }
      }
      problem = error.problem
    default: return false
    }
    return switch problem {
    // What is described in words, such as a name or a configuration, has rules that a schema does not say.
    case .unknownWord(_, let known) where known.contains(where: { $0.contains(" ") }): false
    case .unknownKey, .missingKey, .missingKeys, .wrongKeys, .notHexadecimal, .wrongByteCount, .unknownWord:
      true
    // A number where an integer is wanted may be an integer to a schema.
    case .wrongKind(let expected, let found): !(expected == .integer && found == .number)
    default: false
    }
  }

  private func isName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "/") }
  }

  @Test(
    "what a reader accepts follows its schema, and what it refuses for its form the schema refuses",
    arguments: names)
  func bothWays(_ name: String) throws {
    let kind = try Self.kind(name)
    var mutator = Mutator(seed: 19)
    var (accepted, refused) = (0, 0)
    for seed in kind.seeds {
      for turn in 0..<400 {
        let bytes = turn == 0 ? seed : mutator.mutated(seed, with: seed, form: .json)
        guard let node = try? JSONDocument.parse(bytes, maximumBytes: 1 << 20) else { continue }
        let follows = Schema(kind.schema).admits(node.value)
        do {
          try kind.read(bytes)
          accepted += 1
          #expect(follows, "\(name): \(String(decoding: bytes, as: UTF8.self))")
        } catch  where isFormal(error) {
          refused += 1
          #expect(!follows, "\(name), \(error): \(String(decoding: bytes, as: UTF8.self))")
        } catch {}
      }
    }
    #expect(accepted > 1 && refused > 1, "\(accepted) \(refused)")
  }

  @Test("each key that is left out, and each that is added, is refused by both", arguments: names)
  func keys(_ name: String) throws {
    let kind = try Self.kind(name)
    let node = try JSONDocument.parse(kind.seeds[0], maximumBytes: 1 << 20)
    guard case .object(let members) = node.value else { return #expect(Bool(false), "no object") }
    var changes = members.map { member in JSONValue.object(members.filter { $0.key != member.key }) }
    changes.append(.object(members + [JSONMember("else", 1)]))
    for changed in changes {
      let isRead = (try? kind.read(changed.encoded())) != nil
      #expect(Schema(kind.schema).admits(changed) == isRead, "\(changed)")
    }
  }

  @Test("integers of a snapshot may be strings and times seconds, and the schema of snapshots says so")
  func snapshotForms() throws {
    let kind = try Self.kind(Self.snapshotName)
    for (place, seed) in kind.seeds.enumerated() {
      let value = try JSONDocument.parse(seed, maximumBytes: 1 << 20).value
      #expect(Schema(kind.schema).admits(value), "\(place)")
      _ = try RiskSnapshot(json: seed)
    }
    // Groups that no instrument names, scenarios in both places, and a version that has no attributes.
    let text = String(decoding: kind.seeds[0], as: UTF8.self)
    for (part, other) in [
      (#""group":"[^"]*","#, ""), (#""groups":"#, #""scenarios":[],"groups":"#),
      (#""version":1"#, #""version":2"#),
    ] {
      let changed = text.replacing(try Regex(part), with: other)
      #expect(changed != text, "\(part)")
      let value = try JSONDocument.parse(Array(changed.utf8), maximumBytes: 1 << 20).value
      #expect(!Schema(kind.schema).admits(value), "\(part)")
      #expect(throws: (any Error).self) { try RiskSnapshot(json: Array(changed.utf8)) }
    }
  }

  @Test("every schema is in the list, and every one of the list is there")
  func listed() throws {
    let folder = Vectors.packageRoot.appending(path: "Documentation/schemas")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
      $0.hasSuffix(".schema.json")
    }
    #expect(Set(files) == Set(Self.names.filter { $0 != Self.snapshotName }.map { "\($0).schema.json" }))
    let page = try String(contentsOf: folder.appending(path: "README.md"), encoding: .utf8)
    for file in files { #expect(page.contains("(\(file))")) }
  }
}
