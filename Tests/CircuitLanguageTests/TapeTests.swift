import CircuitLanguage
import ExactIntegers
import TestSupport
import Testing

/// What runs over books, against the interpreter of the source.
@Suite("Tapes")
struct TapeTests {
  /// Every operation that a rule can have.
  private static let everything = """
    committed a in -1000 ... 1000
    committed b in -1000 ... 1000
    let twice(k) = 2 * (a - b) + k
    let both = twice(3) + twice(3) - twice(a_step)
    advice m0 in -2^40 ... 2^40 := max(a, b, twice(7)) - min(a, -b, 5)
    advice q0 in -2^40 ... 2^40 := (a * b - 17) // 13
    advice c0 in -2^40 ... 2^40 := if a < b and not (a == 3 or b != 4) then a * a else -b
    advice c1 in -2^40 ... 2^40 := if a >= b or a <= -b then both else if b > 10 then 1 else m0
    advice f0[k in caps] in 0 ... 2^40 := fill(max(a, 0), caps, k)
    advice s0 in -2^60 ... 2^60 := sum(i in 0 ..< 5, k in caps where index(k) != i : i * f0[k] - k.cap) + max(i in 1 ... 3 : i * a)
    product p0 := a * b
    require "one" : m0 + q0 + c0 + c1 + s0 + p0 + sum(k in caps : f0[k]) + both >= -2^70
    require "two" : twice(1) <= 2^20
    """

  @Test("every operation gives on the tape what the interpreter gives, over random books")
  func operations() throws {
    let caps = ParameterValue.list((0..<4).map { ["cap": .integer(Integer(40 * ($0 + 1)))] })
    let source = try circuit(Self.everything)
    let compiled = try source.compiledWithoutJudgement(
      with: ["caps": caps, "a_step": 5], coordinates: try CoordinateMap(["a", "b", "c"]))
    var random = SplitMix64(seed: 18)
    let ends: [Int64] = [-1000, -1, 0, 1, 3, 4, 5, 1000]
    var books: [[Int64]] = ends.flatMap { a in ends.map { b in [a, b, 0] } }
    for _ in 0..<2_000 {
      books.append([.random(in: -1000...1000, using: &random), .random(in: -1000...1000, using: &random), 0])
    }
    var seen: Set<[Int256]> = []
    for book in books {
      let taped = try #require(compiled.tapedValues(of: book))
      #expect(taped == compiled.interpretedValues(of: book), "\(book)")
      seen.insert(taped)
    }
    #expect(seen.count > 1_900)
  }

  @Test("a value beyond the width is refused with its size, wherever it arises")
  func width() throws {
    for rule in ["a * a * a * a * a", "2^200 * (2^60 * a)", "a * 2^250 + a * 2^250 + a * 2^250"] {
      let error = try complaint(
        "committed a in 0 ... 2^62\nadvice x in 0 ... 1 := if \(rule) > 5 then 1 else 0\n"
          + "require \"r\" : x + a >= 0",
        coordinates: ["a"])
      let diagnostics = try #require(error).diagnostics
      #expect(
        diagnostics.contains { $0.code == .wraps && $0.message.contains("more than the 2^254") }, "\(rule)")
    }
  }
}
