import ExactIntegers
import TestSupport
import Testing

@Suite("Exact decimal")
struct ExactDecimalTests {
  @Test(
    "a number is an exact count of small enough units",
    arguments: [
      ("12.5", -6, 12_500_000), ("-0.001", -3, -1), ("1e-6", -6, 1), ("0", -3, 0), ("-0.00", 4, 0),
      ("1E3", 0, 1_000), ("1e+3", 2, 10), ("120", 1, 12), ("0.1", -1, 1), ("1.50e2", 0, 150),
      ("9007199254740993", 0, 9_007_199_254_740_993), ("0e9999", 0, 0),
    ])
  func exact(_ text: String, _ exponent: Int, _ expected: Int) throws {
    #expect(try ExactDecimal(parsing: text).integer(inUnitsOfTenTo: exponent) == Integer(expected))
  }

  @Test("a number that is not a whole count of units is refused or rounded as asked")
  func inexact() throws {
    for (text, floor, ceiling) in [
      ("12.5", 12, 13), ("-12.5", -13, -12), ("0.001", 0, 1), ("-0.001", -1, 0), ("7", 7, 7),
    ] {
      let value = try ExactDecimal(parsing: text)
      #expect(try value.integer(inUnitsOfTenTo: 0, rounding: .floor) == Integer(floor))
      #expect(try value.integer(inUnitsOfTenTo: 0, rounding: .ceiling) == Integer(ceiling))
      guard floor != ceiling else { continue }
      #expect(throws: ExactDecimalError.inexact(exponent: 0)) {
        try value.integer(inUnitsOfTenTo: 0)
      }
    }
  }

  @Test("texts of the same value are equal, and written alike")
  func canonical() throws {
    for (text, written) in [
      ("12.50", "12.5"), ("125e-1", "12.5"), ("0.000", "0"), ("-0", "0"), ("1e3", "1000"),
      ("-0.0010", "-0.001"), ("100", "100"), ("1e-6", "0.000001"), ("-1234.5", "-1234.5"),
    ] {
      let value = try ExactDecimal(parsing: text)
      #expect(value.description == written)
      #expect(try ExactDecimal(parsing: written) == value)
      #expect(try ExactDecimal(parsing: written).hashValue == value.hashValue)
    }
  }

  @Test("values are ordered as numbers")
  func order() throws {
    let texts = ["-1e3", "-999.9", "-0.01", "0", "1e-9", "0.1", "0.11", "1", "9.99", "1e1", "11"]
    let values = try texts.map { try ExactDecimal(parsing: $0) }
    for (i, a) in values.enumerated() {
      for (j, b) in values.enumerated() { #expect((a < b) == (i < j)) }
    }
  }

  @Test("random values return from their text unchanged")
  func roundTrip() throws {
    var generator = SplitMix64(seed: 6)
    for _ in 0..<2_000 {
      let significand = randomInteger(bits: 200, using: &generator)
      let exponent = Int.random(in: -40...40, using: &generator)
      let value = try ExactDecimal(parsing: "\(significand)e\(exponent)")
      #expect(try ExactDecimal(parsing: value.description) == value)
      #expect(try value.integer(inUnitsOfTenTo: exponent) == significand)
    }
  }

  @Test(
    "a malformed text is refused with the place",
    arguments: [
      ("", 0), ("-", 1), ("+1", 0), (".5", 0), ("5.", 2), ("01", 1), ("-01", 2), ("1e", 2),
      ("1e+", 3), ("1.5.2", 3), ("1,5", 1), (" 1", 0), ("1 ", 1), ("NaN", 0), ("Infinity", 0),
      ("0x1p3", 1), ("--1", 1), ("1e1.5", 3), ("١", 0), ("1e--5", 3),
    ])
  func malformed(_ text: String, _ offset: Int) {
    #expect(throws: ExactDecimalError.malformed(offset: offset)) { try ExactDecimal(parsing: text) }
  }

  @Test("a short text cannot name a number of unbounded size")
  func bounded() throws {
    for text in ["1e1000", "1e-1001", "1e999999999999999999999", "-1e-99999999999999999999999"] {
      #expect(throws: ExactDecimalError.outOfRange(limit: 1_000)) { try ExactDecimal(parsing: text) }
    }
    #expect(throws: ExactDecimalError.textTooLong(limit: 4_000)) {
      try ExactDecimal(parsing: String(repeating: "1", count: 4_001))
    }
    let largest = try ExactDecimal(parsing: "1e999")
    #expect(try ExactDecimal(parsing: largest.description) == largest)
    let smallest = try ExactDecimal(parsing: "1e-1000")
    #expect(try ExactDecimal(parsing: smallest.description) == smallest)
    #expect(throws: ExactDecimalError.outOfRange(limit: 1_000)) {
      try largest.integer(inUnitsOfTenTo: -1_001)
    }
    #expect(throws: ExactDecimalError.outOfRange(limit: 1_000)) {
      try smallest.integer(inUnitsOfTenTo: .max, rounding: .ceiling)
    }
  }
}
