internal import CanonicalBytes

/// The gains of one contract in the sixteen scenarios of SPAN.
public struct SpanContract: Hashable, Sendable {
  /// What the contract is.
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    case future
    case call
    case put
    case other
  }

  /// The exchange, as the file has it; empty where it has none.
  public var exchange: String
  /// The product code.
  public var commodity: String
  /// What the contract is.
  public var kind: Kind
  /// The month, CCYYMM or CCYYMMDD, as the file has it.
  public var month: String
  /// The strike as the file has it; empty for futures.
  public var strike: String
  /// The currency of the product, such as `USD`; empty where the file states none.
  public var currency: String
  /// What one long contract gains in each scenario, in that currency.
  public var gains: [Double]
}

/// What a SPAN file says of contracts, and what it says besides that scenarios of a snapshot cannot.
public struct SpanFile: Hashable, Sendable {
  /// The contracts, in the order of the file.
  public var contracts: [SpanContract]
  /// Parts of the file that scenarios cannot represent, with how often each occurs.
  public var notRepresented: [String: Int]
  /// Arrays that were left out because they have not sixteen values.
  public var incomplete: Int

  /// A scenario of SPAN: the move of the price in scan ranges, that of volatility, and the share of the loss
  /// that counts.
  public struct Scenario: Hashable, Sendable {
    /// The move of the price in thirds of the scan range.
    public let priceThirds: Int
    /// The move of volatility in scan ranges.
    public let volatility: Int
    /// Whether it is an extreme move, of whose loss a part counts; arrays hold that part already.
    public let isExtreme: Bool
  }

  /// The sixteen scenarios, in the order of the arrays.
  public static let scenarios: [Scenario] =
    [0, 1, -1, 2, -2, 3, -3].flatMap { thirds in
      [1, -1].map { Scenario(priceThirds: thirds, volatility: $0, isExtreme: false) }
    } + [9, -9].map { Scenario(priceThirds: $0, volatility: 0, isExtreme: true) }
}

/// Reading of SPAN risk parameter files: the expanded positional format (`.pa2`) and XML.
public enum SpanReader {
  /// The most contracts of a file.
  static let contractLimit = 1_000_000

  /// Reads a file, which may be compressed. Arrays state losses of a long contract; gains are their opposite.
  ///
  /// - Throws: ``MarketDataError`` for a file that is neither, and for arrays that are not numbers.
  public static func read(_ bytes: [UInt8], named file: String) throws(MarketDataError) -> SpanFile {
    let bytes = try MarketFile.contents(bytes, named: file)
    let start = bytes.first { !" \t\r\n\u{FEFF}".utf8.contains($0) }
    let result =
      start == UInt8(ascii: "<") ? try SpanXML.read(bytes, named: file) : try positional(bytes, named: file)
    guard !result.contracts.isEmpty else {
      throw MarketDataError(
        file: file,
        .contradiction(
          "has no risk arrays of SPAN; known: the expanded format (.pa2, records 81 and 82) and XML"))
    }
    return result
  }

  // MARK: Positions

  /// Records that say what scenarios cannot, by their first two characters.
  private static let others = [
    "C ": "spread charges within a product", "E ": "spread charges within a product",
    "S ": "tiers of scanning",
    "6 ": "credits between products", "4 ": "charges for delivery months and short options",
    "3 ": "spread charges within a product",
  ]

  private static func positional(_ bytes: [UInt8], named file: String) throws(MarketDataError) -> SpanFile {
    var result = SpanFile(contracts: [], notRepresented: [:], incomplete: 0)
    // The first half of an array waits for the second.
    var first: (key: ArraySlice<UInt8>, gains: [Double])?
    var units: [String: Unit] = [:]
    var number = 0
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      number += 1
      let record = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      guard record.count >= 2 else { continue }
      switch text(record, 0..<2) {
      case "0 ":
        let form = trimmed(record, 35..<37)
        guard form == "U2" || form.isEmpty else {
          throw MarketDataError(
            file: file,
            .contradiction(
              "is a SPAN file of the form \(quoted(form)); take the expanded one, U2 (.pa2), or XML (.spn)"),
            line: number)
        }
      case "2 ":
        for position in stride(from: 22, to: record.count, by: 16) {
          let product = trimmed(record, position..<position + 13)
          guard !product.isEmpty else { continue }
          units[product] = try Unit(record, at: position, line: number, file: file)
        }
      case "81":
        // A half without its other half.
        if first != nil { result.incomplete += 1 }
        first = (slice(record, 2..<54), try values(record, count: 9, line: number, file: file))
      case "82":
        guard let half = first, half.key == slice(record, 2..<54) else {
          result.incomplete += 1
          continue
        }
        first = nil
        let gains = half.gains + (try values(record, count: 7, line: number, file: file))
        guard result.contracts.count < contractLimit else {
          throw MarketDataError(file: file, .tooMany(contractLimit + 1, limit: contractLimit))
        }
        let commodity = trimmed(record, 5..<15)
        guard let unit = units[commodity + trimmed(record, 25..<28)] else {
          throw MarketDataError(
            file: file,
            .unit(
              "no record \"2 \" before it states currency and unit of \(quoted(commodity)) "
                + "\(trimmed(record, 25..<28)); is the beginning of the file missing?"), line: number)
        }
        result.contracts.append(
          SpanContract(
            exchange: trimmed(record, 2..<5), commodity: commodity, kind: kind(record),
            month: trimmed(record, 38..<46).isEmpty ? trimmed(record, 29..<37) : trimmed(record, 38..<46),
            strike: kind(record) == .future ? "" : trimmed(record, 47..<54), currency: unit.currency,
            gains: gains.map(unit.value)))
      case let type:
        if let name = others[type] { result.notRepresented[name, default: 0] += 1 }
      }
    }
    if first != nil { result.incomplete += 1 }
    return result
  }

  /// What arrays of a product count: 10^(exponent ∓ decimals) of a currency.
  private struct Unit {
    let currency: String
    private let exponent: Int

    /// - Parameter position: where the product stands in a record of type 2.
    init(
      _ record: ArraySlice<UInt8>, at position: Int, line: Int, file: String
    ) throws(MarketDataError) {
      currency = SpanReader.trimmed(record, 13..<16)
      func digit(_ range: Range<Int>, _ name: String) throws(MarketDataError) -> Int {
        let text = SpanReader.trimmed(record, range)
        if text.isEmpty { return 0 }
        guard let digit = Int(text), digit >= 0 else {
          throw MarketDataError(
            file: file, .field(column: name, text: text, expected: .integer), line: line,
            column: range.lowerBound + 1)
        }
        return digit
      }
      let decimals = try digit(position + 13..<position + 14, "decimals of array values")
      let isNegative = SpanReader.text(record, position + 14..<position + 15) == "-"
      exponent = try digit(12..<13, "risk exponent") + (isNegative ? decimals : -decimals)
    }

    func value(_ number: Double) -> Double {
      var scale = 1.0
      for _ in 0..<exponent.magnitude { scale *= 10 }
      return exponent < 0 ? number / scale : number * scale
    }
  }

  private static func kind(_ record: ArraySlice<UInt8>) -> SpanContract.Kind {
    switch text(record, 28..<29) {
    case "C": .call
    case "P": .put
    default: text(record, 25..<28) == "FUT" ? .future : .other
    }
  }

  /// Values of five digits and a sign, as gains.
  private static func values(
    _ record: ArraySlice<UInt8>, count: Int, line: Int, file: String
  ) throws(MarketDataError) -> [Double] {
    var gains: [Double] = []
    for i in 0..<count {
      let start = 54 + 6 * i
      let digits = text(record, start..<start + 5)
      guard let value = Int(digits), value >= 0 else {
        throw MarketDataError(
          file: file, .field(column: "array value \(i + 1)", text: digits, expected: .integer), line: line,
          column: start + 1)
      }
      let sign = text(record, start + 5..<start + 6)
      guard sign == "+" || sign == "-" else {
        throw MarketDataError(
          file: file,
          .field(column: "sign of array value \(i + 1)", text: sign, expected: .word(["+", "-"])),
          line: line, column: start + 6)
      }
      gains.append(sign == "-" ? Double(value) : 0 - Double(value))
    }
    return gains
  }

  private static func slice(_ record: ArraySlice<UInt8>, _ range: Range<Int>) -> ArraySlice<UInt8> {
    let lower = min(record.startIndex + range.lowerBound, record.endIndex)
    return record[lower..<min(record.startIndex + range.upperBound, record.endIndex)]
  }

  private static func text(_ record: ArraySlice<UInt8>, _ range: Range<Int>) -> String {
    String(decoding: slice(record, range), as: UTF8.self)
  }

  private static func trimmed(_ record: ArraySlice<UInt8>, _ range: Range<Int>) -> String {
    text(record, range).filter { $0 != " " }
  }
}
