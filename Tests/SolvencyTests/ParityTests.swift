import CircuitLanguage
import CircuitProofs
import MarginRules
import Solvency
import SolvencyProver
import SolvencyVerifier
import TestSupport
import Testing

/// The plain rule and the circuit are written apart from each other; on every book they agree.
@Suite("Plain rule and circuit")
struct ParityTests {
  /// A rule's plain form and its circuit.
  struct Rule: Sendable, CustomTestStringConvertible {
    let circuit: String
    let report: any MarginReport.Type
    /// Amounts of a coordinate in the books to draw, by the coordinate's name.
    let isDrawn: @Sendable (String) -> Bool

    var testDescription: String { circuit }
  }

  static let portfolioMargin = Rule(circuit: "portfolio-margin", report: PortfolioMargin.self) { _ in true }
  static let others = [
    Rule(circuit: "cross-margin", report: CrossMargin.self) { $0 != "position/BTC-CALL" },
    Rule(circuit: "collateral-ratio", report: CollateralRatio.self) {
      $0 == "holding/BTC" || $0 == "debt/USDC"
    },
    Rule(circuit: "value-at-risk", report: ValueAtRisk.self) { $0 != "position/BTC-CALL" },
  ]

  /// Draws books around the edge of a rule.
  private struct Books {
    let rule: Rule
    let snapshot: RiskSnapshot
    let kind: MarginKind
    let names: [String]
    var random: SplitMix64

    init(_ rule: Rule, under snapshot: RiskSnapshot, _ kind: MarginKind, seed: UInt64) throws {
      self.rule = rule
      self.snapshot = snapshot
      self.kind = kind
      names = try Registry(of: snapshot).names
      random = SplitMix64(seed: seed)
    }

    func isCovered(_ amounts: [String: Int64]) -> Bool {
      rule.report.covers(amounts, under: snapshot, kind)
    }

    /// A book with amounts of all magnitudes, and the one amount that its verdict is to hang on.
    mutating func next() -> [String: Int64] {
      var amounts: [String: Int64] = [:]
      for name in names where rule.isDrawn(name) && !Int.random(in: 0..<3, using: &random).isMultiple(of: 3) {
        let bits = Int.random(in: 0...(name == "cash" ? 50 : 30), using: &random)
        let value = Int64.random(in: 0..<(1 << bits), using: &random)
        let isSigned = name == "cash" || name.hasPrefix("position/")
        amounts[name] = isSigned && Bool.random(using: &random) ? -value : value
      }
      for instrument in snapshot.instruments {
        let name = Registry.position(instrument.id)
        guard let lots = amounts[name], Int.random(in: 0..<20, using: &random) > 0 else { continue }
        let limit = lots < 0 ? instrument.maxShortLots : instrument.maxLongLots
        amounts[name] = lots % ((limit ?? SnapshotLimits.amounts.upperBound) + 1)
      }
      return Int.random(in: 0..<4, using: &random) == 0 ? amounts : atTheEdge(amounts)
    }

    /// The book with cash (or, in a rule without cash, the holding) moved to the least that passes, or
    /// a little beside it.
    private mutating func atTheEdge(_ amounts: [String: Int64]) -> [String: Int64] {
      let name = rule.isDrawn("cash") ? "cash" : "holding/BTC"
      let limits = name == "cash" ? SnapshotLimits.cash : SnapshotLimits.amounts
      var amounts = amounts
      var (low, high) = (limits.lowerBound, min(limits.upperBound, rule.isDrawn("cash") ? .max : 1_000))
      amounts[name] = high
      guard isCovered(amounts) else { return amounts }
      // covered at `high`; the least covered amount is in [low, high]
      while low < high {
        let middle = low + (high - low) / 2
        amounts[name] = middle
        if isCovered(amounts) { high = middle } else { low = middle + 1 }
      }
      let moved = high + Int64.random(in: -1...1, using: &random)
      amounts[name] = min(max(moved, limits.lowerBound), limits.upperBound)
      return amounts
    }
  }

  /// Whether the circuit has a witness for the book; the statement's rows are checked on the way.
  private func hasWitness(_ amounts: [String: Int64], _ rule: MarginRule) throws -> Bool {
    let values = rule.registry.names.map { amounts[$0] ?? 0 }
    do throws(WitnessError) {
      _ = try rule.compiled.witness(for: values.span)
      return true
    } catch {
      switch error {
      case .requirementFails, .notAdmitted, .beyondBound: return false
      case .wrongCoordinateCount, .inconsistent: throw error
      }
    }
  }

  /// Compares `count` books; returns how many were covered.
  private func compare(
    _ rule: Rule, under snapshot: RiskSnapshot, count: Int, seed: UInt64
  ) throws -> Int {
    var covered = 0
    for kind in MarginKind.allCases {
      let compiled = try Fixture.rule(rule.circuit, kind, under: snapshot)
      var books = try Books(rule, under: snapshot, kind, seed: seed)
      for _ in 0..<(count / 2) {
        let amounts = books.next()
        let isCovered = books.isCovered(amounts)
        covered += isCovered ? 1 : 0
        #expect(try hasWitness(amounts, compiled) == isCovered, "\(rule.circuit) \(kind) \(amounts)")
      }
    }
    return covered
  }

  @Test("10,000 books: portfolio margin and its circuit agree, up to one quantum")
  func portfolioMargin() throws {
    let small = try compare(
      Self.portfolioMargin, under: Fixture.smallSnapshot(), count: 6_000, seed: 11)
    let golden = try compare(
      Self.portfolioMargin, under: Fixture.goldenSnapshot(), count: 4_000, seed: 12)
    // Neither verdict is rare.
    #expect((1_500...4_500).contains(small))
    #expect((1_000...3_000).contains(golden))
  }

  @Test("3,000 books: the other rules and their circuits agree, up to one quantum", arguments: others)
  func otherRules(_ rule: Rule) throws {
    let covered = try compare(rule, under: Fixture.smallSnapshot(), count: 3_000, seed: 13)
    #expect((500...2_500).contains(covered))
  }

  @Test("200 books: what the plain rule covers is proved and accepted, what it refuses is not proved")
  func realProofs() throws {
    let snapshot = try Fixture.smallSnapshot()
    let plan = [(Self.portfolioMargin, 70), (Self.others[0], 10), (Self.others[1], 10), (Self.others[2], 10)]
    var envelopes: [ProofEnvelope] = []
    var attempts = 0
    for kind in MarginKind.allCases {
      for (rule, count) in plan {
        let compiled = try Fixture.rule(rule.circuit, kind, under: snapshot)
        var books = try Books(rule, under: snapshot, kind, seed: 14)
        var proved = 0
        while proved < count {
          attempts += 1
          let amounts = books.next()
          let opening = AccountOpening(of: try Fixture.book(amounts, compiled.registry))
          let envelope = try? opening.prove(compiled, for: Fixture.request(), at: Fixture.now)
          #expect((envelope != nil) == books.isCovered(amounts))
          guard let envelope else { continue }
          envelopes.append(envelope)
          proved += 1
        }
      }
    }
    #expect(envelopes.count == 200)
    #expect(attempts > 250)
    let verdicts = try Fixture.verifier().verify(envelopes, expecting: Expectations(now: Fixture.now))
    #expect(verdicts.allSatisfy { $0.isAccepted })
  }
}
