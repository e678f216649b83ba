import CanonicalBytes
import CircuitLanguage
import MarginRules
import Solvency
import SolvencyProver
import SolvencyVerifier
import TestSupport
import Testing

/// `vectors/margin/golden_accounts.json`: accounts with the cash at which they just pass, computed
/// independently of this library.
@Suite("Golden accounts")
struct GoldenAccountTests {
  struct File: Decodable {
    struct Account: Decodable {
      let cash: Int64
      let coll, debt, pos: [String: Int64]
    }
    struct Result: Decodable {
      let minPassingCash: Int64
    }

    let accounts: [String: Account]
    let results: [String: [String: Result]]
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let account: String
    let kind: MarginKind
    let amounts: [String: Int64]
    let minPassingCash: Int64

    var testDescription: String { "\(account), \(kind)" }
  }

  static func cases() throws -> [Case] {
    let file = try Vectors.load("margin/golden_accounts.json", as: File.self)
    return file.accounts.sorted { $0.key < $1.key }.flatMap { name, account in
      MarginKind.allCases.compactMap { kind in
        file.results[name]?[kind == .initial ? "IM" : "MM"].map { result in
          var amounts: [String: Int64] = [:]
          for (id, lots) in account.pos { amounts[Registry.position(id)] = lots }
          for (id, lots) in account.coll { amounts[Registry.holding(id)] = lots }
          for (id, lots) in account.debt { amounts[Registry.debt(id)] = lots }
          return Case(
            account: name, kind: kind, amounts: amounts, minPassingCash: result.minPassingCash)
        }
      }
    }
  }

  @Test("are proved at the least passing cash and refused one quantum below", arguments: try cases())
  func endToEnd(_ golden: Case) throws {
    let snapshot = try Fixture.goldenSnapshot()
    let rule = try Fixture.rule("portfolio-margin", golden.kind, under: snapshot)
    let now = Timestamp(seconds: snapshot.validFrom.magnitude)
    let request = ProofRequest(
      audience: try Audience("lender"), nonce: .random(), issued: now, expires: now.advanced(by: 60))

    var amounts = golden.amounts
    amounts[Registry.cash] = golden.minPassingCash
    let passing = AccountOpening(of: try Fixture.book(amounts, rule.registry))
    #expect(PortfolioMargin.covers(amounts, under: snapshot, golden.kind))
    let envelope = try passing.prove(rule, for: request, at: now)
    let verdict = try Fixture.verifier().verify(envelope, expecting: Expectations(now: now))
    #expect(verdict.isAccepted)

    amounts[Registry.cash] = golden.minPassingCash - 1
    let failing = AccountOpening(of: try Fixture.book(amounts, rule.registry))
    #expect(!PortfolioMargin.covers(amounts, under: snapshot, golden.kind))
    #expect(throws: ProverError.insolvent(row: "portfolio margin")) {
      try failing.prove(rule, for: request, at: now)
    }
    #expect(try failing.explain(rule).binding?.name == "portfolio margin")
  }
}
