// What Swift does with secrets, under valgrind, with the secrets marked as undefined: valgrind reports every
// branch and every address that depends on one. Run by Scripts/check-constant-time.sh, for the portable code
// and for the kernels; with `branch` or `address` as argument, something leaks on purpose and must be
// reported; with `inverse`, one branch must be.

import CircuitLanguage
import ExactIntegers
import ProofCore
import Ristretto
import SecretMarks

@main
enum ConstantTimeCheck {
  static func main() throws {
    guard marks_are_heeded() != 0 else {
      print("this must run under valgrind")
      throw Failure.notUnderValgrind
    }
    switch CommandLine.arguments.dropFirst().first {
    case "branch": leakByBranch()
    case "address": leakByAddress()
    case "inverse": try checkInverse()
    default:
      try checkSums()
      try checkScalars()
      try checkCommitments()
      try checkTape()
      print("no branch and no address depends on a secret")
    }
  }

  enum Failure: Error {
    case notUnderValgrind
    /// The value with marked secrets is another one than without.
    case anotherValue(String)
  }

  // MARK: - Secrets

  /// Scalars that valgrind takes for undefined, in guarded memory.
  static func secrets(_ scalars: [Scalar]) -> SecretBlock<Scalar> {
    let block = SecretBlock<Scalar>(count: scalars.count) { scalars[$0] }
    block.withSpan { span in
      span.withUnsafeBytes { unsafe mark_secret($0.baseAddress, $0.count) }
    }
    return block
  }

  /// A result that may be looked at.
  static func revealed(_ encoded: EncodedPoint) -> [UInt8] {
    var value = encoded
    withUnsafeBytes(of: &value) { unsafe mark_public($0.baseAddress, $0.count) }
    return value.bytes
  }

  static func revealed(_ scalar: Scalar) -> [UInt8] {
    var value = scalar
    withUnsafeBytes(of: &value) { unsafe mark_public($0.baseAddress, $0.count) }
    return value.encoded()
  }

  static func expect(_ actual: [UInt8], _ expected: [UInt8], _ what: String) throws {
    if actual != expected { throw Failure.anotherValue(what) }
  }

  /// Numbers below 2^bits, reproducible.
  static func scalars(_ count: Int, bits: Int = 252) -> [Scalar] {
    (0..<count).map { k in
      var bytes = (0..<32).map { UInt8(truncatingIfNeeded: 37 &* ($0 + 1) &* (2 * k + 3) ^ ($0 * k)) }
      for bit in bits..<256 { bytes[bit / 8] &= ~(1 << UInt8(bit % 8)) }
      return Scalar(reducing: bytes + [UInt8](repeating: 0, count: 32))
    }
  }

  // MARK: - Checks

  static func checkSums() throws {
    for (count, bits) in [(1, 253), (9, 253), (40, 253), (8, 64), (3, 1)] {
      let points = scalars(count).map { Point.basepoint.multipliedVariableTime(by: $0) }
      let numbers = scalars(count, bits: min(bits, 252))
      let expected = Point.multiscalarMultiplicationVariableTime(numbers, points).encoded().bytes
      let secret = secrets(numbers)
      let sum = secret.withSpan { Point.multiscalarMultiplication($0, bits: bits, points) }
      try expect(revealed(sum.encoded()), expected, "sum")
      let prepared = PreparedPoints(points)
      let other = secret.withSpan { Point.multiscalarMultiplication($0, bits: bits, prepared) }
      try expect(revealed(other.encoded()), expected, "sum over prepared points")
    }
    let one = scalars(1)
    let product = secrets(one)[0] * Point.basepoint
    try expect(
      revealed(product.encoded()), Point.basepoint.multipliedVariableTime(by: one[0]).encoded().bytes,
      "product")
  }

  static func checkScalars() throws {
    let numbers = scalars(3)
    let secret = secrets(numbers)
    let (a, b, c) = (numbers[0], numbers[1], numbers[2])
    let (x, y, z) = (secret[0], secret[1], secret[2])
    try expect(revealed(x * y + z), (a * b + c).encoded(), "products and sums of scalars")
    try expect(revealed(x - y - (-z)), (a - b - (-c)).encoded(), "differences of scalars")
    var number: Int64 = -77
    withUnsafeBytes(of: &number) { unsafe mark_secret($0.baseAddress, $0.count) }
    try expect(revealed(Scalar(Int(number))), Scalar(-77).encoded(), "scalar of a signed number")
  }

  /// Whether a number is 0 is looked at before it is inverted, in one place; nothing else is.
  static func checkInverse() throws {
    let numbers = scalars(1)
    let secret = secrets(numbers)
    try expect(revealed(secret[0].inverse()), numbers[0].inverse().encoded(), "inverse")
  }

  static func checkCommitments() throws {
    let generators = Generators.standard
    let (values, blinding) = (scalars(12, bits: 60), scalars(1))
    let expected = try values.span.withCommitment(blinding[0], generators)
    let secret = secrets(values)
    let secretBlinding = secrets(blinding)
    // Twice: fixed points may make a table at the second sum.
    for _ in 0..<2 {
      let commitment = try secret.withSpan { span in
        try span.withCommitment(secretBlinding[0], generators)
      }
      try expect(revealed(commitment), revealed(expected), "commitment")
    }
  }

  /// What makes a witness of a book: every operation that a rule can have, on values that are not looked at.
  static func checkTape() throws {
    let source = """
      circuit probe version 1
      parameters probe
      committed a in -1000 ... 1000
      committed b in -1000 ... 1000
      advice m in -2^40 ... 2^40 := max(a, b, 2 * a) - min(a, -b, 5)
      advice q in -2^40 ... 2^40 := (a * b - 17) // 13
      advice c in -2^40 ... 2^40 := if a < b and not (a == 3 or b != 4) then a * a else -b
      advice d in -2^40 ... 2^40 := if a >= b or a <= -b then m else if b > 10 then 1 else q
      advice f[k in caps] in 0 ... 2^40 := fill(max(a, 0), caps, k)
      product p := a * b
      require "one" : m + q + c + d + p + sum(k in caps : f[k]) >= -2^70
      """
    let caps = ParameterValue.list((0..<4).map { ["cap": .integer(Integer(40 * ($0 + 1)))] })
    let circuit = try Circuit(parsing: source, named: "probe.circuit")
    let compiled = try circuit.compiledWithoutJudgement(
      with: ["caps": caps], coordinates: try CoordinateMap(["a", "b"]))
    for plain in [[3, 4], [-1000, 999], [250, -250], [0, 0]] as [[Int64]] {
      guard var expected = compiled.interpretedValues(of: plain) else { throw Failure.anotherValue("book") }
      var book = plain
      book.withUnsafeMutableBytes { unsafe mark_secret($0.baseAddress, $0.count) }
      var values = compiled.tapedValues(ofAdmitted: book.span)
      values.withUnsafeMutableBytes { unsafe mark_public($0.baseAddress, $0.count) }
      expected.withUnsafeMutableBytes { unsafe mark_public($0.baseAddress, $0.count) }
      if values != expected { throw Failure.anotherValue("tape") }
    }
  }

  // MARK: - Leaks, to see that they are found

  nonisolated(unsafe) static var sink = 0

  @inline(never)
  static func leakByBranch() {
    let secret = secrets(scalars(1))
    if secret[0] == .one { unsafe sink += 1 }
  }

  @inline(never)
  static func leakByAddress() {
    let table = [UInt8](repeating: 1, count: 256)
    var index: UInt8 = 7
    withUnsafeBytes(of: &index) { unsafe mark_secret($0.baseAddress, $0.count) }
    table.withUnsafeBufferPointer { pointer in
      unsafe sink += Int(pointer.baseAddress.unsafelyUnwrapped[Int(index)])
    }
  }
}

extension Span<Scalar> {
  /// The point of a commitment to the scalars, encoded.
  func withCommitment(_ blinding: Scalar, _ generators: Generators) throws -> EncodedPoint {
    try VectorCommitment.commit(to: self, blinding: blinding, generators: generators).point.encoded()
  }
}
