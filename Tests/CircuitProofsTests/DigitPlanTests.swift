import CircuitProofs
import ExactIntegers
import Ristretto
import TestSupport
import Testing

/// protocol 3.5 and 15: weights that reach exactly 0 … N, and what statements cost.
@Suite("Digit plans and layouts")
struct DigitPlanTests {
  @Test("the plan of every small bound reaches every value and nothing else", arguments: DigitBase.allCases)
  func smallBounds(_ base: DigitBase) {
    for N in 0...300 {
      let plan = ReferenceDigitPlan(bound: Integer(N), base: base.rawValue)
      #expect(plan.capacity == Integer(N))
      for value in 0...N { #expect(reproduces(plan, Integer(value))) }
      #expect(plan.decompose(Integer(N + 1)) == nil)
      #expect(plan.decompose(-1) == nil)
    }
  }

  @Test(
    "the plan of random large bounds reaches their ends and what lies between",
    arguments: DigitBase.allCases)
  func largeBounds(_ base: DigitBase) {
    var random = RandomExamples(seed: 35)
    for _ in 0..<400 {
      let N = Integer(littleEndian: random.random.bytes(32)).modulo(.powerOfTwo(random.pick(1..<251)))
      let plan = ReferenceDigitPlan(bound: N, base: base.rawValue)
      #expect(plan.capacity == N)
      for _ in 0..<5 { #expect(reproduces(plan, random.below(N))) }
      for value in [0, N, max(N - 1, 0), N.floorDivided(by: 2)] { #expect(reproduces(plan, value)) }
    }
  }

  private func reproduces(_ plan: ReferenceDigitPlan, _ value: Integer) -> Bool {
    guard let (digits, bits) = plan.decompose(value) else { return false }
    let sum = zip(digits + bits, plan.digitWeights + plan.bitWeights).reduce(Integer(0)) {
      $0 + Integer($1.0) * $1.1
    }
    return sum == value && digits.allSatisfy { (0..<plan.base).contains($0) }
      && bits.allSatisfy { (0...1).contains($0) }
  }

  @Test("statements have as many slots as the plan of the document", arguments: DigitBase.allCases)
  func slotCounts(_ base: DigitBase) throws {
    var random = RandomExamples(seed: 36)
    let small = (0..<600).map { Integer($0) }
    let powers = (1...250).flatMap { n -> [Integer] in
      [.powerOfTwo(n) - 2, .powerOfTwo(n) - 1] + (n < 250 ? [.powerOfTwo(n)] : [])
    }
    let large = (0..<600).map { _ in
      Integer(littleEndian: random.random.bytes(32)).modulo(.powerOfTwo(random.pick(1..<251)))
    }
    for N in small + powers + large {
      let layout = try Statement(.ranges([N]), base: base).layout
      let plan = ReferenceDigitPlan(bound: N, base: base.rawValue)
      #expect(layout.digitSlots == plan.digitWeights.count)
      #expect(layout.bitSlots == plan.bitWeights.count)
    }
  }

  /// Every value of every bound up to 24, and some above: one statement for each base.
  @Test("every value of every small bound is proved", arguments: DigitBase.allCases)
  func everySmallValue(_ base: DigitBase) throws {
    let bounds = Array(0...24) + [base.rawValue - 2, base.rawValue - 1, base.rawValue, base.rawValue + 1]
    let pairs = bounds.flatMap { N in
      (0...N).filter { N <= 24 || $0 < 2 || $0 > N - 2 }.map { (Integer(N), Integer($0)) }
    }
    let draft = StatementDraft(
      variableBounds: pairs.map(\.0), links: [[0: .variable(0)]], coordinateCount: 1)
    #expect(try Example(draft, base: base, x: pairs.map(\.1)).proved().verdict == nil)
  }

  @Test("random values of random large bounds are proved", arguments: DigitBase.allCases)
  func largeValues(_ base: DigitBase) throws {
    var random = RandomExamples(seed: 37)
    let bounds = (0..<12).map { _ in
      Integer(littleEndian: random.random.bytes(32)).modulo(.powerOfTwo(random.pick(1..<251)))
    }
    let x = bounds.map { random.below($0) }
    let example = try Example(.ranges(bounds), base: base, x: x)
    let proved = try example.proved()
    #expect(
      try example.reference.accepts(
        proved.proof.bytes, commitments: proved.commitments.map(\.bytes), context: example.context))
  }

  @Test("one above the bound has no proof, for bounds that are not powers of two")
  func aboveBound() throws {
    for N in [0, 1, 2, 5, 14, 15, 16, 100, 65_535, 65_536] as [Integer] {
      for base in DigitBase.allCases {
        let example = try Example(.ranges([N]), base: base, x: [N + 1])
        let V = try example.referenceCommitments()
        #expect(throws: ProvingError.violation(.variableOutOfBounds(0))) { try example.prove(V) }
        #expect(throws: ReferenceProverError.unreachableValue) {
          try example.reference.digits(example.reference.claim(example.x))
        }
      }
    }
  }

  /// A row of the table of protocol 15.
  struct Cost: Sendable, CustomTestStringConvertible {
    let A, S, base, digits, bits, N0, N, L, rounds, t, lf, bytes, multiplication, marginal: Int
    let isAutomatic: Bool
    var testDescription: String { "A = \(A), S = \(S), b = \(base)" }

    init(_ numbers: [Int], isAutomatic: Bool) {
      (A, S, base, digits, bits, N0, N) = (
        numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6]
      )
      (L, rounds, t, lf, bytes, multiplication, marginal) = (
        numbers[7], numbers[8], numbers[9], numbers[10], numbers[11], numbers[12], numbers[13]
      )
      self.isAutomatic = isAutomatic
    }

    /// (A,S), b, digits, bits, N₀, N, L, rounds, t, lf, bytes, verify MSM, marginal; * is the base rule's.
    static let table = """
      1 1 4 56 0 56 64 8 4 4 1 544 86 13
      1 1 8 37 1 38 40 8 3 5 1 512 60 11
      1 1 16* 28 0 28 32 8 3 4 1 480 52 11
      1 1 32 23 2 31 32 8 3 4 1 480 52 11
      1 1 64 19 1 63 64 8 4 4 1 544 86 13
      1 1 128 16 2 127 128 8 5 4 1 608 152 15
      1 1 256 14 0 255 256 8 6 4 1 672 282 17
      8 8 4 448 0 448 512 15 7 4 1 736 547 19
      8 8 8 296 8 304 320 15 6 5 1 704 353 17
      8 8 16 224 0 224 256 15 6 4 1 672 289 17
      8 8 32 184 16 200 256 15 6 4 1 672 289 17
      8 8 64* 152 8 160 160 15 5 5 1 640 191 15
      8 8 128 128 16 144 160 15 5 5 1 640 191 15
      8 8 256 112 0 255 256 15 6 4 1 672 289 17
      64 16 4 2048 0 2048 2048 71 9 4 1 864 2143 23
      64 16 8 1360 16 1376 1536 71 9 3 1 832 1631 23
      64 16 16 1024 0 1024 1024 71 8 4 1 800 1117 21
      64 16 32 848 80 928 1024 71 8 4 1 800 1117 21
      64 16 64 688 16 704 768 71 8 3 1 768 861 21
      64 16 128 592 80 672 768 71 8 3 1 768 861 21
      64 16 256* 512 0 512 512 71 7 4 1 736 603 19
      128 32 4 4096 0 4096 4096 135 10 4 1 928 4257 25
      128 32 8 2720 32 2752 3072 135 10 3 1 896 3233 25
      128 32 16 2048 0 2048 2048 135 9 4 1 864 2207 23
      128 32 32 1696 160 1856 2048 135 9 4 1 864 2207 23
      128 32 64 1376 32 1408 1536 135 9 3 1 832 1695 23
      128 32 128 1184 160 1344 1536 135 9 3 1 832 1695 23
      128 32 256* 1024 0 1024 1024 135 8 4 1 800 1181 21
      256 64 4 8192 0 8192 8192 263 11 4 1 992 8483 27
      256 64 8 5440 64 5504 6144 263 11 3 1 960 6435 27
      256 64 16 4096 0 4096 4096 263 10 4 1 928 4385 25
      256 64 32 3392 320 3712 4096 263 10 4 1 928 4385 25
      256 64 64 2752 64 2816 3072 263 10 3 1 896 3361 25
      256 64 128 2368 320 2688 3072 263 10 3 1 896 3361 25
      256 64 256* 2048 0 2048 2048 263 9 4 1 864 2335 23
      """.split(separator: "\n").map { line in
        let isAutomatic = line.contains("*")
        let numbers = line.replacing("*", with: "").split(separator: " ").compactMap { Int($0) }
        return Cost(numbers, isAutomatic: isAutomatic)
      }
  }

  @Test("statements of 48-bit values and 64-bit rows cost what the table says", arguments: Cost.table)
  func table(_ cost: Cost) throws {
    let draft = StatementDraft.ranges(
      [Integer](repeating: bits(48), count: cost.A),
      rows: (0..<cost.S).map {
        StatementRow(form: AffineForm([$0: 3, ($0 + 1) % cost.A: -2], 17), upperBound: bits(64))
      })
    let statement = try Statement(draft, base: DigitBase(rawValue: cost.base))
    let layout = statement.layout
    #expect(layout.digitSlots == cost.digits)
    #expect(layout.bitSlots == cost.bits)
    #expect(layout.usedSlots == cost.N0)
    #expect(layout.normLength == cost.N)
    #expect(layout.linearLength == cost.L)
    #expect(layout.rounds == cost.rounds)
    #expect(layout.finalNormLength == cost.t)
    #expect(layout.finalLinearLength == cost.lf)
    #expect(layout.proofByteCount == cost.bytes)
    let marginal = layout.proofPointCount(commitments: statement.commitmentCount)
    #expect(marginal == cost.marginal)
    #expect(layout.generatorCount + marginal == cost.multiplication)
    #expect((try Statement(draft).base == statement.base) == cost.isAutomatic)
  }

  @Test("the base rule takes the base the document says, for random statements")
  func automaticBase() throws {
    var examples = RandomExamples(seed: 38)
    for _ in 0..<150 {
      let example = try examples.next(base: nil)
      #expect(
        example.statement.base.rawValue == ReferenceLayout.automaticBase(example.statement.draft))
    }
  }

  @Test("the fold plan is the greedy rule: stop when a round would save fewer than 3 scalars")
  func foldPlan() {
    for N0 in stride(from: 1, through: 3000, by: 7) {
      for L in [8, 9, 12, 40, 71, 135, 263] {
        let (rounds, t, lf) = ReferenceLayout.foldPlan(N0, L)
        var k = 0
        func scalars(_ k: Int) -> Int { ((N0 - 1) >> k) + 1 + ((L - 1) >> k) + 1 }
        while scalars(k) - scalars(k + 1) >= 3 { k += 1 }
        #expect(2 * k + scalars(k) == 2 * rounds + t + lf)
        #expect(k == rounds)
      }
    }
  }
}
