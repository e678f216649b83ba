/// One list of rows in a JSON text.
struct JSONSection {
  /// How the rows are written.
  enum Form {
    /// An array of objects.
    case objects
    /// One object.
    case object
    /// Objects one after the other up to a place, with commas between them or nothing.
    case records(end: Int)
    /// Values up to a place, one after the other, at most so deep; their lists are found when they are read.
    case run(end: Int, depth: Int)
    /// An object of objects, whose names are symbols.
    case keyedObjects
    /// An array of arrays.
    case arrays
    /// One array for each column, of one length, in an object that ends at a place.
    case columns([Int], end: Int)
    /// The two sides of an order book, arrays of levels, in an object that ends at a place.
    case book(bids: Int, asks: Int, end: Int)
  }

  var form: Form
  /// Where the list begins.
  var start: Int
  /// How many values a row has, where rows are arrays.
  var width = 0
  /// The names of those values, where the text says them.
  var names: [String] = []
  /// What stands around the list and holds for each of its rows: index of the column and text.
  var envelope: [(column: Int, field: Range<Int>)] = []
  /// Whether these are levels of books, or some of a run are.
  var isBook = false

  /// Whether rows are arrays of values without names.
  var isPositional: Bool { width > 0 && names.isEmpty }
}

/// Finds the lists of rows in a JSON text: what exchanges answer, what libraries save, one document or one
/// for each line.
///
/// A list is an array of objects or of arrays, an object of equally long arrays, or the two sides of a book.
/// Members around a list that are not lists hold for each of its rows. `info`, where ccxt keeps the answer
/// that a row was made from, and lists inside rows are passed over.
///
/// What is at hand is looked at as it stands. Of a value that is longer, only where its lists are is kept,
/// and what stands around them; see `JSONSurvey+Long.swift`.
struct JSONSurvey {
  /// The deepest that a list may stand in others.
  static let depthLimit = 12
  /// The most lists, and the most columns.
  static let sectionLimit = 1 << 20
  static let columnLimit = 4_096
  /// The most bytes that stand around lists of a text that is not at hand.
  static let keptLimit = 64 << 20

  var sections: [JSONSection] = []
  /// Which of ``names`` are of rows themselves; the others stand around them.
  private(set) var rowNames: Set<Int> = []
  /// The names of all members of rows, and of what stands around lists, in the order of the text.
  private(set) var names: [String] = []
  private var indices: [String: Int] = [:]
  /// What the text says about itself, for messages where it has no rows.
  private(set) var notice: String?
  /// What stands around lists, of a text that is not at hand, and where in the text it does.
  var kept: [UInt8] = []
  var origins: [(kept: Int, text: Int)] = []

  var window: JSONWindow
  /// Keys of the record before, and their columns: records are alike.
  private var pattern: [(key: Range<Int>, column: Int)] = []
  /// Where the window was when the keys were in it.
  private var patternBase = -1
  /// The names in the last object that was found to be a row, if none of them says anything else, and where
  /// the window was then.
  private var plainKeys: [Range<Int>] = []
  private var plainBase = -1

  /// - Throws: ``MarketDataProblem/notJSON(expected:)``, and what reading throws.
  init(_ window: JSONWindow) throws(MarketDataError) {
    self.window = window
    try documents()
  }

  /// What a value turned out to be.
  enum Finding {
    case nothing
    case scalar(Range<Int>)
    /// An array of values that hold no others.
    case scalars(start: Int, count: Int, isText: Bool)
    /// An object that is one row.
    case record(Int)
    case sections([JSONSection])
  }

  /// The lists of the value that is ahead in a window.
  ///
  /// - Parameter window: of the same text, at a value whose names are known.
  mutating func lists(at window: JSONWindow, depth: Int) throws(JSONFault) -> (
    sections: [JSONSection], end: Int
  ) {
    self.window = window
    let finding = try value(depth: depth)
    let end = self.window.cursor.offset
    switch finding {
    case .sections(let sections): return (sections, end)
    case .record(let start): return ([JSONSection(form: .object, start: start)], end)
    case .scalars, .scalar, .nothing: return ([], end)
    }
  }

  mutating func value(depth: Int) throws(JSONFault) -> Finding {
    guard depth <= Self.depthLimit else {
      try window.cursor.skip()
      return .nothing
    }
    switch window.cursor.peek() {
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "{"): return try object(depth: depth)
    default: return .scalar(try window.cursor.scalar())
    }
  }

  private mutating func array(depth: Int) throws(JSONFault) -> Finding {
    let start = window.cursor.offset
    window.cursor.offset += 1
    if window.cursor.take("]") { return .nothing }
    let isText = window.cursor.peek() == UInt8(ascii: "\"")
    switch try value(depth: depth + 1) {
    case .record:
      while try passRecords() {}
      return .sections([JSONSection(form: .objects, start: start)])
    case .scalars(_, let count, _):
      // What the rows are is looked at when they are read.
      try window.cursor.skipBrackets(depth: 1)
      return .sections([JSONSection(form: .arrays, start: start, width: count)])
    case .scalar:
      var count = 1
      while true {
        count += window.cursor.passNumbers()
        guard try window.cursor.goesOn(until: "]") else { break }
        if window.cursor.takePlainValue() == nil { try window.cursor.skip() }
        count += 1
      }
      return .scalars(start: start, count: count, isText: isText)
    case .sections(let first):
      return .sections(try rest(first, depth: depth))
    case .nothing:
      // An empty array or object: the others say what the list is.
      return .sections(try rest([], depth: depth))
    }
  }

  /// Passes objects of an array after one of them, as many as are well at hand; false if the array has ended.
  mutating func passRecords() throws(JSONFault) -> Bool {
    repeat {
      guard try window.cursor.goesOn(until: "]") else { return false }
      guard window.cursor.peek() == UInt8(ascii: "{") else {
        throw window.cursor.fault("an object, as the others are")
      }
      try collectNames()
    } while !window.isShort
    return true
  }

  /// Passes an object that has the names of the last that was a row, in their order, and numbers and strings:
  /// it is one too. False, and the place as before, for any other value.
  mutating func passPlainRecord() -> Bool {
    guard plainBase == window.base, !plainKeys.isEmpty, !window.isShort else { return false }
    var cursor = window.cursor
    guard cursor.take("{") else { return false }
    for (index, key) in plainKeys.enumerated() {
      guard cursor.takePlainMember(key) != nil, cursor.take(index + 1 < plainKeys.count ? "," : "}") else {
        return false
      }
    }
    window.cursor.offset = cursor.offset
    return true
  }

  /// What the rest of an array of different things holds.
  private mutating func rest(_ first: [JSONSection], depth: Int) throws(JSONFault) -> [JSONSection] {
    var sections = first
    while try window.cursor.goesOn(until: "]") {
      switch try value(depth: depth + 1) {
      case .sections(let found): sections += found
      case .record(let start): sections.append(JSONSection(form: .object, start: start))
      case .scalars, .scalar, .nothing: break
      }
      try checkCount(of: sections)
    }
    return sections
  }

  func checkCount(of sections: [JSONSection]) throws(JSONFault) {
    guard sections.count <= Self.sectionLimit else {
      throw window.cursor.fault("at most \(Self.sectionLimit) lists")
    }
  }

  // MARK: Objects

  /// Names of members around lists that say nothing of what is inside.
  static let wrappers: Set<String> = [
    "result", "data", "list", "rows", "params", "payload", "response", "candles", "ticks", "tick", "markets",
    "items",
    "results", "rates", "historicalfunding", "historicalFunding", "pricebook", "orderBook", "orderbook",
    "ticker", "k", "kline", "position",
  ]

  private mutating func object(depth: Int) throws(JSONFault) -> Finding {
    let start = window.cursor.offset
    var members = Members()
    window.cursor.offset += 1
    if window.cursor.take("}") { return .nothing }
    repeat {
      let key = try window.cursor.key()
      try members.check(key, in: window.cursor)
      let name = text(key)
      members.names.append(name)
      guard name != "info" else {
        try window.cursor.skip()
        continue
      }
      _ = window.cursor.peek()
      let valueStart = window.cursor.offset
      let finding = try value(depth: depth + 1)
      try members.add(finding, of: name, key: key, start: valueStart, in: window.cursor)
    } while try window.cursor.goesOn(until: "}")
    return try finding(members, start: start, end: window.cursor.offset)
  }

  /// The members of an object, by what they are.
  struct Members {
    /// The names of all of them.
    var names: [String] = []
    private(set) var scalars: [(name: String, field: Range<Int>)] = []
    fileprivate var sections: [(name: String, key: Range<Int>, sections: [JSONSection])] = []
    /// How many are rows, and where those begin whose names say nothing.
    fileprivate var records = 0
    fileprivate var wrapped: [Int] = []
    fileprivate var columns: [(name: String, start: Int, count: Int)] = []
    /// Names of columns, for rows that have none; a fault if they are more than names.
    fileprivate var header: Result<[String], JSONFault>?
    fileprivate var headerCount = 0
    /// Where arrays begin that have the names of sides of a book, and whether they are such.
    fileprivate var sides: [(name: String, start: Int, isSide: Bool)] = []
    /// Where both sides of a book begin in one array, as Hyperliquid has them, bids first.
    fileprivate var levels: (bids: Int, asks: Int)?
    /// What the object says about itself.
    fileprivate var notice: String?

    /// The names, if they are few and say nothing about the text; empty otherwise.
    fileprivate var plainKeys: [Range<Int>] {
      keys.count == names.count && !names.contains { $0 == "info" || Self.notices.contains($0) } ? keys : []
    }

    private var keys: [Range<Int>] = []
    private var longKeys: Set<String> = []
    /// Up to this number, names are compared one by one.
    private static let fewNames = 24

    /// Refuses a second member of one name: which of the two is meant is not known.
    mutating func check(_ key: Range<Int>, in cursor: JSONCursor) throws(JSONFault) {
      let isTwice: Bool
      if keys.count < Self.fewNames {
        isTwice = keys.contains { cursor.isSame($0, key) }
        keys.append(key)
      } else {
        if longKeys.isEmpty { longKeys = Set(keys.map { String(decoding: cursor.bytes[$0], as: UTF8.self) }) }
        isTwice = !longKeys.insert(String(decoding: cursor.bytes[key], as: UTF8.self)).inserted
      }
      guard !isTwice else { throw cursor.twice(key) }
    }

    /// The same where the keys before are no longer at hand.
    mutating func checkLong(_ key: Range<Int>, in cursor: JSONCursor) throws(JSONFault) {
      guard longKeys.insert(String(decoding: cursor.bytes[key], as: UTF8.self)).inserted else {
        throw cursor.twice(key)
      }
    }

    /// Takes a member that was found in the text at hand.
    mutating func add(
      _ finding: Finding, of name: String, key: Range<Int>, start: Int, in cursor: JSONCursor
    ) throws(JSONFault) {
      if cursor.bytes[start] == UInt8(ascii: "[") { try noteArray(name, start, in: cursor) }
      switch finding {
      case .scalar(let field):
        if notice == nil, !field.isEmpty, Self.notices.contains(name) {
          notice = String(decoding: cursor.bytes[field.prefix(256)], as: UTF8.self)
        }
      case .scalars(let start, let count, true) where header == nil && Self.headers.contains(name):
        headerCount = count
        do throws(JSONFault) {
          header = .success(try Self.texts(from: start, in: cursor))
        } catch {
          header = .failure(error)
        }
      default: break
      }
      try add(finding, of: name, key: key, in: cursor)
    }

    /// Takes a member.
    mutating func add(
      _ finding: Finding, of name: String, key: Range<Int>, in cursor: JSONCursor
    ) throws(JSONFault) {
      switch finding {
      case .nothing: break
      case .scalar(let field): scalars.append((name, field))
      case .scalars(let start, let count, _): columns.append((name, start, count))
      case .record(let start):
        records += 1
        if JSONSurvey.wrappers.contains(name) { wrapped.append(start) }
      case .sections(let found): sections.append((name, key, found))
      }
      guard scalars.count + records + sections.count + columns.count <= 1 << 20 else {
        throw cursor.fault("at most 2^20 members")
      }
    }

    private static let notices: Set<String> = [
      "msg", "message", "retMsg", "error", "error_message", "reason",
    ]
    private static let headers: Set<String> = ["columns", "fields", "headers"]
    static let bids = ["bids", "bid", "b"]
    static let asks = ["asks", "ask", "a"]

    private mutating func noteArray(_ name: String, _ start: Int, in cursor: JSONCursor) throws(JSONFault) {
      if name == "levels" { try noteLevels(start, in: cursor) }
      noteSide(name, at: start, in: JSONCursor(bytes: cursor.bytes, offset: start + 1))
    }

    /// Notes an array, which is a side of a book if it is empty or has levels.
    ///
    /// - Parameter cursor: behind its bracket.
    private mutating func noteSide(_ name: String, at start: Int, in cursor: JSONCursor) {
      var side = cursor
      noteSide(name, at: start, isSide: side.peek() == UInt8(ascii: "]") || side.isContainer())
    }

    mutating func noteSide(_ name: String, at start: Int, isSide: Bool) {
      guard Self.bids.contains(name) || Self.asks.contains(name) else { return }
      sides.append((name, start, isSide))
    }

    /// Takes what others say of arrays, names of columns and the text itself.
    mutating func noteArrays(of others: Members) {
      sides += others.sides
      levels = levels ?? others.levels
      if header == nil { (header, headerCount) = (others.header, others.headerCount) }
      notice = notice ?? others.notice
    }

    /// Makes offsets of arrays those in the text.
    mutating func moveToText(by shift: Int) {
      for i in sides.indices { sides[i].start += shift }
      levels = levels.map { ($0.bids + shift, $0.asks + shift) }
    }

    private mutating func noteLevels(_ start: Int, in cursor: JSONCursor) throws(JSONFault) {
      var sides = JSONCursor(bytes: cursor.bytes, offset: start + 1)
      guard sides.peek() == UInt8(ascii: "[") else { return }
      let bids = sides.offset
      try sides.skipOver()
      guard sides.take(","), sides.peek() == UInt8(ascii: "[") else { return }
      levels = (bids, sides.offset)
    }

    private static func texts(from start: Int, in cursor: JSONCursor) throws(JSONFault) -> [String] {
      var list = JSONCursor(bytes: cursor.bytes, offset: start + 1)
      var texts: [String] = []
      repeat {
        let field = try list.scalar()
        texts.append(String(decoding: cursor.bytes[field.prefix(256)], as: UTF8.self))
      } while try list.goesOn(until: "]")
      return texts
    }
  }

  mutating func finding(_ members: Members, start: Int, end: Int) throws(JSONFault) -> Finding {
    if notice == nil { notice = members.notice }
    if let section = book(members, start: start, end: end) {
      return .sections([try enclosed(section, in: members)])
    }
    var found: [JSONSection] = []
    for (name, key, sections) in members.sections {
      for var section in sections {
        // Names of columns, and rows without them.
        if let header = members.header, section.names.isEmpty, section.width == members.headerCount {
          section.names = try header.get()
        }
        if !Self.wrappers.contains(name) {
          let hasKey = section.envelope.contains { names[$0.column] == "key" }
          try add(hasKey ? ColumnName.outerKey : "key", key, to: &section)
        }
        found.append(try enclosed(section, in: members))
      }
    }
    if !found.isEmpty { return .sections(found) }
    if members.columns.count >= 3, members.columns.allSatisfy({ $0.count == members.columns[0].count }) {
      var section = JSONSection(form: .columns(members.columns.map(\.start), end: end), start: start)
      section.names = members.columns.map(\.name)
      for name in section.names { rowNames.insert(try column(name)) }
      return .sections([try enclosed(section, in: members)])
    }
    if members.wrapped.count == 1 {
      return .sections([try enclosed(JSONSection(form: .object, start: members.wrapped[0]), in: members)])
    }
    if members.records > 0, members.scalars.isEmpty {
      _ = try column("key")
      return .sections([JSONSection(form: .keyedObjects, start: start)])
    }
    if members.scalars.isEmpty { return .nothing }
    (plainKeys, plainBase) = (members.plainKeys, window.base)
    for name in members.names { rowNames.insert(try column(name)) }
    return .record(start)
  }

  /// The two sides of a book, if these are the members of one.
  private func book(_ members: Members, start: Int, end: Int) -> JSONSection? {
    func side(_ names: [String]) -> (start: Int, isSide: Bool)? {
      for name in names {
        if let side = members.sides.first(where: { $0.name == name }) { return (side.start, side.isSide) }
      }
      return nil
    }
    let sides: (bids: Int, asks: Int)
    if let bids = side(Members.bids), let asks = side(Members.asks), bids.isSide, asks.isSide {
      sides = (bids.start, asks.start)
    } else {
      guard let levels = members.levels else { return nil }
      sides = levels
    }
    var section = JSONSection(form: .book(bids: sides.bids, asks: sides.asks, end: end), start: start)
    section.isBook = true
    return section
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

  /// Notes the names of the members of the object ahead, and passes it.
  private mutating func collectNames() throws(JSONFault) {
    if patternBase != window.base {
      pattern = []
      patternBase = window.base
    }
    window.cursor.offset += 1
    if window.cursor.take("}") { return }
    var position = 0
    repeat {
      if position < pattern.count {
        if window.cursor.takePlainMember(pattern[position].key) != nil {
          position += 1
          continue
        }
        if try window.cursor.take(key: pattern[position].key) {
          position += 1
          try window.cursor.skipOver()
          continue
        }
      }
      let key = try window.cursor.key()
      if position >= pattern.count || !window.cursor.isSame(key, pattern[position].key) {
        let known = (key, try column(text(key)))
        rowNames.insert(known.1)
        if position < pattern.count { pattern[position] = known } else { pattern.append(known) }
      }
      position += 1
      try window.cursor.skipOver()
    } while try window.cursor.goesOn(until: "}")
  }

  private mutating func column(_ name: String) throws(JSONFault) -> Int {
    if let index = indices[name] { return index }
    guard names.count < Self.columnLimit else {
      throw window.cursor.fault("at most \(Self.columnLimit) different members")
    }
    names.append(name)
    indices[name] = names.count - 1
    return names.count - 1
  }

  func text(_ field: Range<Int>) -> String {
    String(decoding: window.cursor.bytes[field.prefix(256)], as: UTF8.self)
  }
}
