/// One list of rows in a JSON text.
struct JSONSection {
  /// How the rows are written.
  enum Form {
    /// An array of objects.
    case objects
    /// One object.
    case object
    /// An object of objects, whose names are symbols.
    case keyedObjects
    /// An array of arrays.
    case arrays
    /// One array for each column, of one length.
    case columns([Int])
    /// The two sides of an order book, arrays of levels.
    case book(bids: Int, asks: Int)
  }

  let form: Form
  /// Where the list begins.
  let start: Int
  /// How many values a row has, where rows are arrays.
  var width = 0
  /// The names of those values, where the text says them.
  var names: [String] = []
  /// What stands around the list and holds for each of its rows: index of the column and text.
  var envelope: [(column: Int, field: Range<Int>)] = []
}

/// Finds the lists of rows in a JSON text: what exchanges answer, what libraries save, one document or one
/// for each line.
///
/// A list is an array of objects or of arrays, an object of equally long arrays, or the two sides of a book.
/// Members around a list that are not lists hold for each of its rows. `info`, where ccxt keeps the answer
/// that a row was made from, and lists inside rows are passed over.
struct JSONSurvey {
  /// The deepest that a list may stand in others.
  static let depthLimit = 12
  /// The most lists, and the most columns.
  static let sectionLimit = 1 << 20
  static let columnLimit = 4_096

  private(set) var sections: [JSONSection] = []
  /// Which of ``names`` are of rows themselves; the others stand around them.
  private(set) var rowNames: Set<Int> = []
  /// The names of all members of rows, and of what stands around lists, in the order of the text.
  private(set) var names: [String] = []
  private var indices: [String: Int] = [:]
  /// What the text says about itself, for messages where it has no rows.
  private(set) var notice: String?

  private var cursor: JSONCursor
  /// Keys of the record before, and their columns: records are alike.
  private var pattern: [(key: Range<Int>, column: Int)] = []

  init(_ bytes: [UInt8], from start: Int) throws(JSONFault) {
    cursor = JSONCursor(bytes: bytes, offset: start)
    repeat {
      switch try value(depth: 0) {
      case .sections(let found): sections += found
      case .record(let start): sections.append(JSONSection(form: .object, start: start))
      case .scalars, .scalar, .nothing: break
      }
    } while cursor.peek() == UInt8(ascii: "{") || cursor.peek() == UInt8(ascii: "[")
    guard cursor.peek() == nil else { throw cursor.fault("the end of the document") }
  }

  /// What a value turned out to be.
  private enum Finding {
    case nothing
    case scalar(Range<Int>)
    /// An array of values that hold no others.
    case scalars(start: Int, count: Int, isText: Bool)
    /// An object that is one row.
    case record(Int)
    case sections([JSONSection])
  }

  private mutating func value(depth: Int) throws(JSONFault) -> Finding {
    guard depth <= Self.depthLimit else {
      try cursor.skip()
      return .nothing
    }
    switch cursor.peek() {
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "{"): return try object(depth: depth)
    default: return .scalar(try cursor.scalar())
    }
  }

  private mutating func array(depth: Int) throws(JSONFault) -> Finding {
    let start = cursor.offset
    cursor.offset += 1
    if cursor.take("]") { return .nothing }
    _ = cursor.peek()
    let firstStart = cursor.offset
    switch try value(depth: depth + 1) {
    case .record:
      cursor.offset = firstStart
      return .sections([try records(start)])
    case .scalars(_, let count, _):
      return .sections([try rows(start, width: count)])
    case .scalar:
      return try scalars(start, isText: cursor.bytes[firstStart] == UInt8(ascii: "\""))
    case .sections(let first):
      return .sections(try rest(first, depth: depth))
    case .nothing:
      // An empty array or object: the others say what the list is.
      return .sections(try rest([], depth: depth))
    }
  }

  /// An array of objects, from its first on.
  private mutating func records(_ start: Int) throws(JSONFault) -> JSONSection {
    repeat {
      guard cursor.peek() == UInt8(ascii: "{") else { throw cursor.fault("an object, as the others are") }
      try collectNames()
    } while try cursor.goesOn(until: "]")
    return JSONSection(form: .objects, start: start)
  }

  /// An array of arrays, after its first.
  private mutating func rows(_ start: Int, width: Int) throws(JSONFault) -> JSONSection {
    // What the rows are is looked at when they are read.
    try cursor.skipBrackets(depth: 1)
    var section = JSONSection(form: .arrays, start: start)
    section.width = width
    return section
  }

  private mutating func scalars(_ start: Int, isText: Bool) throws(JSONFault) -> Finding {
    var count = 1
    while try cursor.goesOn(until: "]") {
      try cursor.skip()
      count += 1
    }
    return .scalars(start: start, count: count, isText: isText)
  }

  /// What the rest of an array of different things holds.
  private mutating func rest(_ first: [JSONSection], depth: Int) throws(JSONFault) -> [JSONSection] {
    var sections = first
    while try cursor.goesOn(until: "]") {
      switch try value(depth: depth + 1) {
      case .sections(let found): sections += found
      case .record(let start): sections.append(JSONSection(form: .object, start: start))
      case .scalars, .scalar, .nothing: break
      }
      guard sections.count <= Self.sectionLimit else {
        throw cursor.fault("at most \(Self.sectionLimit) lists")
      }
    }
    return sections
  }

  // MARK: Objects

  /// Names of members around lists that say nothing of what is inside.
  private static let wrappers: Set<String> = [
    "result", "data", "list", "rows", "params", "payload", "response", "candles", "ticks", "tick", "markets",
    "items",
    "results", "rates", "historicalfunding", "historicalFunding", "pricebook", "orderBook", "orderbook",
    "ticker", "k", "kline",
  ]

  private mutating func object(depth: Int) throws(JSONFault) -> Finding {
    let start = cursor.offset
    var members = Members()
    cursor.offset += 1
    if cursor.take("}") { return .nothing }
    repeat {
      let key = try cursor.key()
      try members.check(key, in: cursor)
      let name = text(key)
      guard name != "info" else {
        try cursor.skip()
        continue
      }
      _ = cursor.peek()
      let valueStart = cursor.offset
      let finding = try value(depth: depth + 1)
      try members.add(name, key: key, start: valueStart, finding, in: cursor)
    } while try cursor.goesOn(until: "}")
    note(members)
    return try finding(members, start: start)
  }

  private struct Members {
    var scalars: [(name: String, field: Range<Int>)] = []
    var sections: [(name: String, key: Range<Int>, sections: [JSONSection])] = []
    var records: [(name: String, key: Range<Int>, start: Int)] = []
    var columns: [(name: String, start: Int, count: Int, isText: Bool)] = []
    /// The names so far.
    private var keys: [Range<Int>] = []
    private var names: Set<String> = []
    /// Up to this number, names are compared one by one.
    private static let fewNames = 24

    /// Refuses a second member of one name: which of the two is meant is not known.
    mutating func check(_ key: Range<Int>, in cursor: JSONCursor) throws(JSONFault) {
      let isTwice: Bool
      if keys.count < Self.fewNames {
        isTwice = keys.contains { cursor.isSame($0, key) }
        keys.append(key)
      } else {
        if names.isEmpty { names = Set(keys.map { String(decoding: cursor.bytes[$0], as: UTF8.self) }) }
        isTwice = !names.insert(String(decoding: cursor.bytes[key], as: UTF8.self)).inserted
      }
      guard !isTwice else { throw cursor.twice(key) }
    }

    /// Where arrays begin, by name, of which two may be the sides of a book.
    var arrays: [(name: String, start: Int)] = []

    mutating func add(
      _ name: String, key: Range<Int>, start: Int, _ finding: Finding, in cursor: JSONCursor
    ) throws(JSONFault) {
      if cursor.bytes[start] == UInt8(ascii: "[") { arrays.append((name, start)) }
      switch finding {
      case .nothing: break
      case .scalar(let field): scalars.append((name, field))
      case .scalars(let start, let count, let isText): columns.append((name, start, count, isText))
      case .record(let start): records.append((name, key, start))
      case .sections(let found): sections.append((name, key, found))
      }
      guard scalars.count + records.count + sections.count + columns.count <= 1 << 20 else {
        throw cursor.fault("at most 2^20 members")
      }
    }

    func array(_ names: String...) -> Int? {
      names.lazy.compactMap { name in arrays.first { $0.name == name }?.start }.first
    }
  }

  private mutating func finding(_ members: Members, start: Int) throws(JSONFault) -> Finding {
    if let section = try book(members, start: start) {
      return .sections([try enclosed(section, in: members)])
    }
    // Names of columns, and rows without them.
    let header = members.columns.first { ["columns", "fields", "headers"].contains($0.name) && $0.isText }
    var found: [JSONSection] = []
    for (name, key, sections) in members.sections {
      for var section in sections {
        if let header, section.names.isEmpty, header.count == section.width {
          section.names = try texts(from: header.start)
        }
        if !Self.wrappers.contains(name) { try add("key", key, to: &section) }
        found.append(try enclosed(section, in: members))
      }
    }
    if !found.isEmpty { return .sections(found) }
    if members.columns.count >= 3, members.columns.allSatisfy({ $0.count == members.columns[0].count }) {
      var section = JSONSection(form: .columns(members.columns.map(\.start)), start: start)
      section.names = members.columns.map(\.name)
      for name in section.names { rowNames.insert(try column(name)) }
      return .sections([try enclosed(section, in: members)])
    }
    let wrapped = members.records.filter { Self.wrappers.contains($0.name) }
    if wrapped.count == 1 {
      try collectNames(at: wrapped[0].start)
      return .sections([try enclosed(JSONSection(form: .object, start: wrapped[0].start), in: members)])
    }
    if !members.records.isEmpty, members.scalars.isEmpty {
      _ = try column("key")
      for record in members.records { try collectNames(at: record.start) }
      return .sections([JSONSection(form: .keyedObjects, start: start)])
    }
    if members.scalars.isEmpty { return .nothing }
    try collectNames(at: start)
    return .record(start)
  }

  /// The two sides of a book, if these are the members of one.
  private mutating func book(_ members: Members, start: Int) throws(JSONFault) -> JSONSection? {
    if let bids = members.array("bids", "bid", "b"), let asks = members.array("asks", "ask", "a"),
      try isSide(bids), try isSide(asks)
    {
      return JSONSection(form: .book(bids: bids, asks: asks), start: start)
    }
    // Hyperliquid: both sides in one array, bids first.
    guard let levels = members.array("levels") else { return nil }
    var sides = JSONCursor(bytes: cursor.bytes, offset: levels + 1)
    guard sides.peek() == UInt8(ascii: "[") else { return nil }
    let bids = sides.offset
    try sides.skipOver()
    guard sides.take(","), sides.peek() == UInt8(ascii: "[") else { return nil }
    return JSONSection(form: .book(bids: bids, asks: sides.offset), start: start)
  }

  /// Whether an array is empty or has levels.
  private func isSide(_ start: Int) throws(JSONFault) -> Bool {
    var side = JSONCursor(bytes: cursor.bytes, offset: start + 1)
    return side.peek() == UInt8(ascii: "]") || side.isContainer()
  }

  /// A section with the members around it.
  private mutating func enclosed(_ section: JSONSection, in members: Members) throws(JSONFault) -> JSONSection
  {
    var section = section
    for (name, field) in members.scalars { try add(name, field, to: &section) }
    return section
  }

  /// Adds what holds for all rows, unless something nearer to them says it.
  private mutating func add(_ name: String, _ field: Range<Int>, to section: inout JSONSection)
    throws(JSONFault)
  {
    let column = try column(name)
    guard !section.envelope.contains(where: { $0.column == column }) else { return }
    section.envelope.append((column, field))
  }

  // MARK: Names

  private mutating func collectNames(at start: Int) throws(JSONFault) {
    let end = cursor.offset
    cursor.offset = start
    try collectNames()
    cursor.offset = end
  }

  /// Notes the names of the members of the object ahead, and passes it.
  private mutating func collectNames() throws(JSONFault) {
    cursor.offset += 1
    if cursor.take("}") { return }
    var position = 0
    repeat {
      if position < pattern.count, try cursor.take(key: pattern[position].key) {
        position += 1
        try cursor.skipOver()
        continue
      }
      let key = try cursor.key()
      if position >= pattern.count || !cursor.isSame(key, pattern[position].key) {
        let known = (key, try column(text(key)))
        rowNames.insert(known.1)
        if position < pattern.count { pattern[position] = known } else { pattern.append(known) }
      }
      position += 1
      try cursor.skipOver()
    } while try cursor.goesOn(until: "}")
  }

  private mutating func column(_ name: String) throws(JSONFault) -> Int {
    if let index = indices[name] { return index }
    guard names.count < Self.columnLimit else {
      throw cursor.fault("at most \(Self.columnLimit) different members")
    }
    names.append(name)
    indices[name] = names.count - 1
    return names.count - 1
  }

  private func texts(from start: Int) throws(JSONFault) -> [String] {
    var list = JSONCursor(bytes: cursor.bytes, offset: start + 1)
    var texts: [String] = []
    repeat { texts.append(text(try list.scalar())) } while try list.goesOn(until: "]")
    return texts
  }

  private func text(_ field: Range<Int>) -> String {
    String(decoding: cursor.bytes[field.prefix(256)], as: UTF8.self)
  }

  /// Remembers what an answer without rows says.
  private mutating func note(_ members: Members) {
    guard notice == nil else { return }
    let texts = members.scalars.filter { member in
      ["msg", "message", "retMsg", "error", "error_message", "reason"].contains(member.name)
        && !member.field.isEmpty
    }
    if let first = texts.first { notice = text(first.field) }
  }
}
