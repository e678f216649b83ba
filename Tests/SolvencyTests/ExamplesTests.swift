import CanonicalBytes
import Foundation
import MarginRules
import Solvency
import SolvencyProver
import SolvencyVerifier
import TestSupport
import Testing

/// The files of the folder `Examples`, from the book to the verdict.
@Suite("Examples")
struct ExamplesTests {
  private let rule: MarginRule
  private let now: Timestamp

  init() throws {
    let snapshot = try RiskSnapshot(json: Self.file("snapshot.json"))
    rule = try MarginRule(
      circuit: Fixture.circuit("portfolio-margin"), snapshot: snapshot, kind: .initial,
      registry: Registry(of: snapshot))
    now = Timestamp(seconds: snapshot.validFrom.magnitude)
  }

  private static func file(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: Vectors.packageRoot.appending(path: "Examples/\(name)")))
  }

  private func request() throws -> ProofRequest {
    ProofRequest(
      audience: try Audience("lender"), nonce: .random(), issued: now, expires: now.advanced(by: 600))
  }

  @Test("the covered book is committed, locked away, unlocked, filled, proved and accepted")
  func covered() throws {
    let opening = AccountOpening(of: try Book(decoding: Self.file("book.json"), registry: rule.registry))
    let account = try AccountCommitment(decoding: opening.commitment().json.encoded())
    let unlocked = try OpeningFile.open(plain: OpeningFile.plain(opening))
    let fill = try Fill(
      account: account.account, sequence: 0,
      deltas: [Fill.Delta(coordinate: Registry.cash, amount: 1_000_000)])
    let current = try account.updated(by: fill, in: rule.registry)
    let envelope = try unlocked.applying(fill, in: rule.registry).prove(rule, for: request(), at: now)

    let catalog = RuleCatalog()
    catalog.register(try Fixture.circuit("portfolio-margin"))
    catalog.register(rule.snapshot)
    let verifier = ProofVerifier(catalog: catalog)
    func verdict(_ known: AccountCommitment) -> ProofVerdict {
      verifier.verify(
        encoded: envelope.encoded(),
        expecting: Expectations(now: now, kind: .initial, accounts: [known.account: known]))
    }
    #expect(verdict(current).isAccepted)
    #expect(verdict(account) == .rejected(.staleSequence(current: 0)))
  }

  @Test("the insolvent book has no proof")
  func insolvent() throws {
    let book = try Book(decoding: Self.file("book-insolvent.json"), registry: rule.registry)
    let opening = AccountOpening(of: book)
    #expect(throws: ProverError.insolvent(row: "portfolio margin")) {
      try opening.prove(rule, for: request(), at: now)
    }
  }
}
