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
  /// What one long contract gains in each scenario, in the currency of the product.
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
    var exponents: [String: Double] = [:]
    var number = 0
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      number += 1
      let record = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      guard record.count >= 2 else { continue }
      switch text(record, 0..<2) {
      case "2 ":
        // The power of ten that arrays of the product are counted in.
        guard let digit = Double(text(record, 12..<13)) else { continue }
        for position in stride(from: 22, to: record.count, by: 16) {
          exponents[trimmed(record, position..<position + 10)] = digit
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
        var scale = 1.0
        for _ in 0..<Int(exponents[commodity] ?? 0) { scale *= 10 }
        result.contracts.append(
          SpanContract(
            exchange: trimmed(record, 2..<5), commodity: commodity, kind: kind(record),
            month: trimmed(record, 38..<46).isEmpty ? trimmed(record, 29..<37) : trimmed(record, 38..<46),
            strike: kind(record) == .future ? "" : trimmed(record, 47..<54), gains: gains.map { $0 * scale }))
      case let type:
        if let name = others[type] { result.notRepresented[name, default: 0] += 1 }
      }
    }
    if first != nil { result.incomplete += 1 }
    return result
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
      gains.append(text(record, start + 5..<start + 6) == "-" ? Double(value) : 0 - Double(value))
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

/// SPAN in XML: portfolios (`futPf`, `oopPf`, …) of contracts (`fut`, `opt`) with arrays (`ra`).
enum SpanXML {
  private static let others = [
    "dSpread": "spread charges", "pSpread": "spread charges", "interSpreads": "credits between products",
    "spotRate": "charges for delivery months", "somTiers": "charges for short options",
  ]

  static func read(_ bytes: [UInt8], named file: String) throws(MarketDataError) -> SpanFile {
    var result = SpanFile(contracts: [], notRepresented: [:], incomplete: 0)
    var scanner = XMLScanner(bytes, named: file)
    var (exchange, commodity, month, right, strike) = ("", "", "", "", "")
    var gains: [Double] = []
    while let event = try scanner.next() {
      switch event {
      case .open(let name):
        if let other = others[name] { result.notRepresented[other, default: 0] += 1 }
        if name == "ra" { gains = [] }
        if name == "opt" { (right, strike) = ("", "") }
      case .close(let name, let text):
        switch name {
        case "exch": exchange = text
        case "pfCode": commodity = text
        case "pe": month = text
        case "o": right = text
        case "k": strike = text
        case "a":
          guard let loss = parseDecimal(Array(text.utf8)[...]) else {
            throw MarketDataError(
              file: file, .field(column: "a", text: text, expected: .number), line: scanner.line)
          }
          gains.append(0 - loss)
        case "fut", "opt":
          guard gains.count == SpanFile.scenarios.count else {
            result.incomplete += 1
            continue
          }
          guard result.contracts.count < SpanReader.contractLimit else {
            throw MarketDataError(
              file: file, .tooMany(SpanReader.contractLimit + 1, limit: SpanReader.contractLimit))
          }
          let kind: SpanContract.Kind =
            name == "fut" ? .future : right == "C" ? .call : right == "P" ? .put : .other
          result.contracts.append(
            SpanContract(
              exchange: exchange, commodity: commodity, kind: kind, month: month,
              strike: name == "opt" ? strike : "", gains: gains))
          gains = []
        default: break
        }
      }
    }
    return result
  }
}

/// Elements and texts of an XML file, one after the other. Attributes, comments and instructions are passed
/// over; document types, which may define entities, are refused.
struct XMLScanner {
  /// The deepest nesting of elements, and the longest text of one.
  private static let limits = (depth: 64, text: 4_096)

  enum Event {
    case open(String)
    /// The end of an element, and the text since the last tag.
    case close(String, text: String)
  }

  private let bytes: [UInt8]
  private let file: String
  private var offset = 0
  private var open: [String] = []
  private var textStart = 0
  /// The element that a tag such as `<a/>` has just opened and closes.
  private var pending: String?

  init(_ bytes: [UInt8], named file: String) {
    (self.bytes, self.file) = (bytes, file)
  }

  /// The line of what was read last.
  var line: Int { 1 + bytes[..<min(offset, bytes.count)].count { $0 == UInt8(ascii: "\n") } }

  private func failure(_ problem: String) -> MarketDataError {
    MarketDataError(file: file, .contradiction("cannot be read as XML: \(problem)"), line: line)
  }

  mutating func next() throws(MarketDataError) -> Event? {
    if let name = pending {
      pending = nil
      return .close(name, text: "")
    }
    while let start = bytes[offset...].firstIndex(of: UInt8(ascii: "<")) {
      let text = bytes[textStart..<start]
      let rest = bytes[start...]
      if rest.starts(with: "<!--".utf8) {
        offset = try end(of: "-->", after: start)
        continue
      }
      if rest.starts(with: "<!".utf8) { throw failure("it defines a document type") }
      guard let close = rest.firstIndex(of: UInt8(ascii: ">")) else { throw failure("a tag does not end") }
      offset = close + 1
      textStart = offset
      if rest.starts(with: "<?".utf8) { continue }
      let isEnd = start + 1 < close && bytes[start + 1] == UInt8(ascii: "/")
      let body = bytes[(start + (isEnd ? 2 : 1))..<close]
      let nameBytes = body.prefix { !" \t\r\n/".utf8.contains($0) }
      let name = String(decoding: nameBytes.prefix(64), as: UTF8.self)
      guard !name.isEmpty else { throw failure("a tag has no name") }
      if isEnd {
        guard open.popLast() == name else { throw failure("</\(name)> closes what is not open") }
        guard text.count <= Self.limits.text else { throw failure("a text is too long") }
        return .close(name, text: Self.trimmed(text))
      }
      if body.last == UInt8(ascii: "/") {
        pending = name
        return .open(name)
      }
      guard open.count < Self.limits.depth else { throw failure("elements are nested too deep") }
      open.append(name)
      return .open(name)
    }
    guard open.isEmpty else { throw failure("it ends inside <\(open.last ?? "")>") }
    return nil
  }

  private func end(of mark: String, after start: Int) throws(MarketDataError) -> Int {
    var i = start
    while let found = bytes[i...].firstIndex(of: UInt8(ascii: ">")) {
      if bytes[start...found].suffix(mark.utf8.count).elementsEqual(mark.utf8) { return found + 1 }
      i = found + 1
    }
    throw failure("a comment does not end")
  }

  private static func trimmed(_ text: ArraySlice<UInt8>) -> String {
    let isSpace = { (byte: UInt8) in " \t\r\n".utf8.contains(byte) }
    let start = text.drop(while: isSpace)
    let end = start.lastIndex { !isSpace($0) }.map { start[...$0] } ?? []
    return String(decoding: end, as: UTF8.self)
  }
}
