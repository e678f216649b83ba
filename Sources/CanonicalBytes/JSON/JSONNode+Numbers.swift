public import ExactIntegers

extension JSONNode {
  /// An integer within a range of 64-bit integers, ends included.
  ///
  /// - Throws: ``DocumentProblem/wrongKind(expected:found:)`` for another kind of value,
  ///   ``DocumentProblem/notAnInteger(_:)`` for a point, an exponent or a leading zero,
  ///   ``DocumentProblem/outOfRange(_:lower:upper:)``.
  public func integer(in range: ClosedRange<Int64>) throws(DocumentError) -> Int64 {
    let value = try anyInteger()
    guard let word = value.int64, range.contains(word) else {
      throw outOfRange(value, range.lowerBound.description, range.upperBound.description)
    }
    return word
  }

  /// An integer within a range of unsigned 64-bit integers, ends included.
  ///
  /// - Throws: ``DocumentProblem/wrongKind(expected:found:)`` for another kind of value,
  ///   ``DocumentProblem/notAnInteger(_:)`` for a point, an exponent or a leading zero,
  ///   ``DocumentProblem/outOfRange(_:lower:upper:)``.
  public func unsigned(
    in range: ClosedRange<UInt64> = 0 ... .max
  ) throws(DocumentError) -> UInt64 {
    let value = try anyInteger()
    guard let word = value.uint64, range.contains(word) else {
      throw outOfRange(value, range.lowerBound.description, range.upperBound.description)
    }
    return word
  }

  /// An integer of any size within a range, ends included.
  ///
  /// - Throws: ``DocumentProblem/wrongKind(expected:found:)`` for another kind of value,
  ///   ``DocumentProblem/notAnInteger(_:)`` for a point, an exponent or a leading zero,
  ///   ``DocumentProblem/outOfRange(_:lower:upper:)``.
  public func integer(in range: ClosedRange<Integer>) throws(DocumentError) -> Integer {
    let value = try anyInteger()
    guard range.contains(value) else {
      throw outOfRange(value, range.lowerBound.description, range.upperBound.description)
    }
    return value
  }

  /// An integer: a number without point or exponent, or a string of decimal digits. Leading zeros,
  /// a plus sign and "-0" are refused.
  private func anyInteger() throws(DocumentError) -> Integer {
    let text: String
    switch value {
    case .number(let literal): text = literal
    case .string(let digits): text = digits
    default: throw wrongKind(.integer)
    }
    do {
      return try Integer(parsing: text)
    } catch {
      throw failure(.notAnInteger(text))
    }
  }

  private func outOfRange(_ value: Integer, _ lower: String, _ upper: String) -> DocumentError {
    failure(.outOfRange(value.description, lower: lower, upper: upper))
  }

  /// A decimal number in units of 10^exponent, exactly: `0.25` in units of 10⁻⁶ is 250000.
  ///
  /// - Throws: ``DocumentProblem/wrongKind(expected:found:)`` for another kind of value,
  ///   ``DocumentProblem/notAMultiple(_:ofTenTo:)`` for more digits than the unit has,
  ///   ``DocumentProblem/outOfRange(_:lower:upper:)``.
  public func decimal(
    inUnitsOfTenTo exponent: Int, in range: ClosedRange<Int64>
  ) throws(DocumentError) -> Int64 {
    guard case .number(let literal) = value else { throw wrongKind(.number) }
    let units: Integer
    do {
      units = try ExactDecimal(parsing: literal).integer(inUnitsOfTenTo: exponent)
    } catch .inexact {
      throw failure(.notAMultiple(literal, ofTenTo: exponent))
    } catch {
      throw outOfDecimalRange(literal, range, exponent)
    }
    guard let word = units.int64, range.contains(word) else {
      throw outOfDecimalRange(literal, range, exponent)
    }
    return word
  }

  private func outOfDecimalRange(
    _ literal: String, _ range: ClosedRange<Int64>, _ exponent: Int
  ) -> DocumentError {
    failure(
      .outOfRange(
        literal, lower: "\(range.lowerBound)e\(exponent)", upper: "\(range.upperBound)e\(exponent)"))
  }

  /// A number as the nearest binary fraction, for what is shown and not computed with.
  ///
  /// - Throws: ``DocumentProblem/wrongKind(expected:found:)`` for another kind of value,
  ///   ``DocumentProblem/outOfRange(_:lower:upper:)`` beyond the largest binary fraction.
  public func number() throws(DocumentError) -> Double {
    guard case .number(let literal) = value else { throw wrongKind(.number) }
    guard let number = Double(literal), number.isFinite else {
      let largest = Double.greatestFiniteMagnitude
      throw failure(.outOfRange(literal, lower: "\(-largest)", upper: "\(largest)"))
    }
    return number
  }
}
