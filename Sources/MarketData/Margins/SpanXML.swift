/// SPAN in XML: portfolios (`futPf`, `oopPf`, …) of contracts (`fut`, `opt`) with arrays (`ra`).
enum SpanXML {
  private static let others = [
    "dSpread": "spread charges", "pSpread": "spread charges", "interSpreads": "credits between products",
    "spotRate": "charges for delivery months", "somTiers": "charges for short options",
  ]

  static func read(_ bytes: [UInt8], named file: String) throws(MarketDataError) -> SpanFile {
    var result = SpanFile(contracts: [], notRepresented: [:], incomplete: 0)
    var scanner = XMLScanner(bytes, named: file)
    var contract = SpanContract(
      exchange: "", commodity: "", kind: .other, month: "", strike: "", currency: "", gains: [])
    var right = ""
    // The array that was read last, and the element that it is in.
    var (array, owner) = ([Double](), "")
    while let event = try scanner.next() {
      switch event {
      case .open("ra"): (array, owner) = ([], scanner.path.dropLast().last ?? "")
      case .open(let name):
        if let other = others[name] { result.notRepresented[other, default: 0] += 1 }
        if name.hasSuffix("Pf"), name != "undPf" {
          (contract.commodity, contract.currency, contract.month) = ("", "", "")
        }
        if name == "opt" { (right, contract.strike) = ("", "") }
      // What an option is on has an exchange and a product as well.
      case .close("exch", let text) where scanner.path.last == "exchange": contract.exchange = text
      case .close("pfCode", let text) where isPortfolio(scanner): contract.commodity = text
      case .close("currency", let text) where isPortfolio(scanner): contract.currency = text
      case .close("pe", let text) where scanner.path.last != "undC": contract.month = text
      case .close("o", let text): right = text
      case .close("k", let text): contract.strike = text
      case .close("a", let text) where scanner.path.last == "ra":
        guard let loss = parseDecimal(Array(text.utf8)[...]) else {
          throw MarketDataError(
            file: file, .field(column: "a", text: text, expected: .number), line: scanner.line)
        }
        array.append(0 - loss)
      case .close(let name, _) where name == owner || name == "fut" || name == "opt":
        owner = ""
        guard array.count == SpanFile.scenarios.count else {
          result.incomplete += 1
          array = []
          continue
        }
        guard result.contracts.count < SpanReader.contractLimit else {
          throw MarketDataError(
            file: file, .tooMany(SpanReader.contractLimit + 1, limit: SpanReader.contractLimit))
        }
        contract.kind =
          switch (name, right) {
          case ("fut", _): .future
          case ("opt", "C"): .call
          case ("opt", "P"): .put
          default: .other
          }
        if name != "opt" { contract.strike = "" }
        contract.gains = array
        result.contracts.append(contract)
        array = []
      case .close: break
      }
    }
    return result
  }

  /// Whether what was just closed is a member of a portfolio itself.
  private static func isPortfolio(_ scanner: XMLScanner) -> Bool {
    scanner.path.last.map { $0.hasSuffix("Pf") && $0 != "undPf" } ?? false
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

  /// The names of the elements that are open, the innermost last.
  var path: [String] { open }

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
      if rest.starts(with: "<!".utf8) {
        throw failure("it has a document type, or text in CDATA; write it without")
      }
      guard let close = rest.firstIndex(of: UInt8(ascii: ">")) else { throw failure("a tag does not end") }
      offset = close + 1
      textStart = offset
      if rest.starts(with: "<?".utf8) { continue }
      let isEnd = start + 1 < close && bytes[start + 1] == UInt8(ascii: "/")
      let body = bytes[(start + (isEnd ? 2 : 1))..<close]
      let nameBytes = body.prefix { !" \t\r\n/".utf8.contains($0) }
      // Names may have that of their space before them.
      let local = nameBytes.lastIndex(of: UInt8(ascii: ":")).map { nameBytes[($0 + 1)...] } ?? nameBytes
      let name = String(decoding: local.prefix(64), as: UTF8.self)
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
    let words = String(decoding: end, as: UTF8.self)
    guard words.utf8.contains(UInt8(ascii: "&")) else { return words }
    // The last, or "&amp;lt;" would become a bracket.
    return [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")].reduce(words) {
      $0.replacing($1.0, with: $1.1)
    }
  }
}
