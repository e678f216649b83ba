/// The rows of the lists that a survey found, one after the other, each as fields by column.
struct JSONRows {
  /// The columns of a book, after those of the survey.
  static let bookColumns = ["side", "price", "size", "leveltime"]

  /// The names of the columns as the text has them; without names for rows that are arrays.
  let names: [String]
  /// How many fields a row has.
  let width: Int
  /// How many of them, from the front, are values of arrays without names.
  let positionalWidth: Int
  /// The index of the list that the last row came from.
  private(set) var section = -1

  /// The text, and the words for sides of books behind it.
  let bytes: [UInt8]
  private let sections: [JSONSection]
  private let columns: [String: Int]
  private var cursor: JSONCursor
  private var state = State.done
  /// The columns of the values of a row, where rows are arrays or columns.
  private var targets: [Int] = []
  /// Where each column is read, where the text has one array for each.
  private var cursors: [JSONCursor] = []
  /// Keys of the record before, and their columns: records are alike.
  private var pattern: [(key: Range<Int>, column: Int)] = []
  /// The number of the record that a column was written in last.
  private var writtenIn: [Int]
  private var record = 0
  /// How many orders the book at hand has had, and how many books had none.
  private var orders = 0
  private(set) var emptyBooks = 0
  private let rowNames: Set<Int>
  private let bookTargets: [Int]

  /// Where in the section at hand the next row is.
  private enum State {
    case done
    case objects
    case object
    case keyedObjects
    case arrays
    case columns
    case levels(isBid: Bool, asks: Int?)
  }

  init(_ bytes: [UInt8], _ survey: JSONSurvey) throws(MarketDataProblem) {
    sections = survey.sections
    offset = survey.sections.first { $0.isPositional }?.width ?? 0
    positionalWidth = offset
    let positional = survey.sections.count { $0.isPositional }
    guard positional == 0 || positional == sections.count else { throw .mixedJSON }
    var names = [String](repeating: "", count: positionalWidth) + survey.names
    let isBook = survey.sections.contains { if case .book = $0.form { true } else { false } }
    // Sides are not written in the text, so they are put behind it.
    bid = bytes.count..<bytes.count + Self.sides.count / 2
    ask = bid.upperBound..<bytes.count + Self.sides.count
    self.bytes = isBook ? bytes + Self.sides : bytes
    for section in survey.sections { names += section.names.filter { !names.contains($0) } }
    if isBook { names += Self.bookColumns.filter { !names.contains($0) } }
    self.names = names
    width = names.count
    cursor = JSONCursor(bytes: self.bytes, offset: 0)
    let columns = Dictionary(
      names.enumerated().filter { !$1.isEmpty }.map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    self.columns = columns
    writtenIn = Array(repeating: 0, count: names.count)
    bookTargets = Self.bookColumns.map { columns[$0] ?? 0 }
    let shift = positionalWidth
    rowNames = Set(survey.rowNames.map { $0 + shift })
      .union(isBook ? Self.bookColumns.compactMap { columns[$0] } : [])
      .union(survey.sections.flatMap { $0.names.compactMap { columns[$0] } }).union(0..<shift)
  }

  /// Whether a column is a member of rows themselves.
  func isOfRows(_ column: Int) -> Bool { rowNames.contains(column) }

  /// What the survey's indices are shifted by.
  private let offset: Int
  private static let sides = Array("bidask".utf8)
  private let bid: Range<Int>
  private let ask: Range<Int>

  /// Reads the fields of the next row into `fields`, empty ranges where it has none. Returns where the row
  /// begins, nil after the last.
  mutating func next(_ fields: inout [Range<Int>]) throws(JSONFault) -> Int? {
    while true {
      if let start = try row(&fields) {
        orders += 1
        return start
      }
      if section >= 0, section < sections.count, case .book = sections[section].form, orders == 0 {
        emptyBooks += 1
      }
      section += 1
      orders = 0
      guard section < sections.count else {
        section = sections.count
        return nil
      }
      try begin(sections[section])
    }
  }

  private mutating func begin(_ section: JSONSection) throws(JSONFault) {
    cursor.offset = section.start + 1
    switch section.form {
    case .objects: state = .objects
    case .object:
      cursor.offset = section.start
      state = .object
    case .keyedObjects: state = .keyedObjects
    case .arrays:
      targets = section.names.isEmpty ? Array(0..<positionalWidth) : section.names.map { columns[$0] ?? 0 }
      state = .arrays
    case .columns(let starts):
      cursors = starts.map { JSONCursor(bytes: bytes, offset: $0 + 1) }
      targets = section.names.map { columns[$0] ?? 0 }
      state = .columns
    case .book(let bids, let asks):
      cursor.offset = bids + 1
      state = .levels(isBid: true, asks: asks)
    }
  }

  /// The next row of the section at hand, nil after its last.
  private mutating func row(_ fields: inout [Range<Int>]) throws(JSONFault) -> Int? {
    switch state {
    case .done: return nil
    case .objects:
      guard try hasAnother(in: "]") else { return nil }
      clear(&fields)
      let start = cursor.offset
      try members(&fields)
      try pass("]")
      return start
    case .object:
      state = .done
      clear(&fields)
      let start = cursor.offset
      try members(&fields)
      return start
    case .keyedObjects:
      guard try hasAnother(in: "}") else { return nil }
      clear(&fields)
      let start = cursor.offset
      let key = try cursor.key()
      if cursor.peek() == UInt8(ascii: "{") {
        try members(&fields)
      } else {
        try cursor.skip()
      }
      if let column = columns["key"] { fields[column] = key }
      try pass("}")
      return start
    case .arrays:
      guard try hasAnother(in: "]") else { return nil }
      // Where nothing stands around the list, every field is written.
      if targets.count < fields.count { clear(&fields) }
      let start = cursor.offset
      try elements(&fields)
      try pass("]")
      return start
    case .columns:
      return try column(&fields)
    case .levels(let isBid, let asks):
      return try level(&fields, isBid: isBid, asks: asks)
    }
  }

  private mutating func hasAnother(in end: Unicode.Scalar) throws(JSONFault) -> Bool {
    guard !cursor.take(end) else {
      state = .done
      return false
    }
    _ = cursor.peek()
    return true
  }

  /// Passes the comma after an element; the end stays for ``hasAnother(in:)``.
  private mutating func pass(_ end: Unicode.Scalar) throws(JSONFault) {
    guard !cursor.take(",") else { return }
    guard cursor.peek() == UInt8(ascii: end) else { throw cursor.fault("',' or '\(end)'") }
  }

  /// Empties a row but for what holds for all rows of its section.
  private mutating func clear(_ fields: inout [Range<Int>]) {
    record += 1
    for i in fields.indices { fields[i] = 0..<0 }
    for (column, field) in sections[section].envelope { fields[offset + column] = field }
  }

  /// The members of the object ahead.
  private mutating func members(_ fields: inout [Range<Int>]) throws(JSONFault) {
    try cursor.expect("{", "an object, as the others are")
    if cursor.take("}") { return }
    var position = 0
    repeat {
      let column: Int
      let key: Range<Int>
      if position < pattern.count, try cursor.take(key: pattern[position].key) {
        (key, column) = pattern[position]
      } else {
        key = try cursor.key()
        column = columns[String(decoding: bytes[key], as: UTF8.self)] ?? -1
        if position < pattern.count {
          pattern[position] = (key, column)
        } else {
          pattern.append((key, column))
        }
      }
      position += 1
      if column < 0 {
        try cursor.skip()
      } else {
        guard writtenIn[column] != record else { throw cursor.twice(key) }
        writtenIn[column] = record
        fields[column] = try value()
      }
    } while try cursor.goesOn(until: "}")
  }

  /// The text of the value ahead; that of an array or object is neither a number nor an instant.
  private mutating func value() throws(JSONFault) -> Range<Int> {
    guard cursor.isContainer() else { return try cursor.scalar() }
    let start = cursor.offset
    try cursor.skip()
    return start..<cursor.offset
  }

  /// The values of the array ahead.
  private mutating func elements(_ fields: inout [Range<Int>]) throws(JSONFault) {
    let start = cursor.offset
    try cursor.expect("[", "an array, as the others are")
    var count = 0
    if !cursor.take("]") {
      repeat {
        guard count < targets.count else { throw tooWide(start, targets.count) }
        fields[targets[count]] = try value()
        count += 1
      } while try cursor.goesOn(until: "]")
    }
    guard count == targets.count else { throw tooWide(start, targets.count) }
  }

  private func tooWide(_ start: Int, _ width: Int) -> JSONFault {
    JSONFault(offset: start, expected: "\(width) values, as the first of the list has")
  }

  /// One value from each of the columns.
  private mutating func column(_ fields: inout [Range<Int>]) throws(JSONFault) -> Int? {
    guard !cursors.isEmpty, !cursors[0].take("]") else {
      state = .done
      return nil
    }
    clear(&fields)
    _ = cursors[0].peek()
    let start = cursors[0].offset
    for i in cursors.indices {
      fields[targets[i]] = try cursors[i].scalar()
      guard !cursors[i].take(",") else { continue }
      guard cursors[i].peek() == UInt8(ascii: "]") else { throw cursors[i].fault("',' or ']'") }
    }
    return start
  }

  /// One level of a book, bids first: an array of price, size and more, or an object.
  private mutating func level(
    _ fields: inout [Range<Int>], isBid: Bool, asks: Int?
  ) throws(JSONFault) -> Int? {
    var isBid = isBid
    if cursor.take("]") {
      guard isBid, let asks else {
        state = .done
        return nil
      }
      cursor.offset = asks + 1
      isBid = false
      state = .levels(isBid: false, asks: nil)
      if cursor.take("]") {
        state = .done
        return nil
      }
    }
    clear(&fields)
    _ = cursor.peek()
    let start = cursor.offset
    if cursor.peek() == UInt8(ascii: "[") {
      cursor.offset += 1
      var count = 0
      if !cursor.take("]") {
        repeat {
          let value = try cursor.scalar()
          if count < 3 { fields[bookTargets[count + 1]] = value }
          count += 1
        } while try cursor.goesOn(until: "]")
      }
      guard count >= 2 else { throw JSONFault(offset: start, expected: "price and size of a level") }
    } else {
      try levelMembers(&fields)
    }
    fields[bookTargets[0]] = isBid ? bid : ask
    try pass("]")
    return start
  }

  private mutating func levelMembers(_ fields: inout [Range<Int>]) throws(JSONFault) {
    try cursor.expect("{", "a level: an array or an object of price and size")
    guard !cursor.take("}") else { return }
    repeat {
      let key = ColumnName.key(String(decoding: bytes[try cursor.key()], as: UTF8.self))
      guard !cursor.isContainer() else {
        try cursor.skip()
        continue
      }
      let value = try cursor.scalar()
      if ColumnPart.price.names.contains(key) { try write(value, to: bookTargets[1], &fields) }
      if ColumnPart.size.names.contains(key) { try write(value, to: bookTargets[2], &fields) }
    } while try cursor.goesOn(until: "}")
  }

  private mutating func write(
    _ value: Range<Int>, to column: Int, _ fields: inout [Range<Int>]
  ) throws(JSONFault) {
    guard writtenIn[column] != record else { throw cursor.twice(value) }
    writtenIn[column] = record
    fields[column] = value
  }
}

extension JSONSection {
  /// Whether rows are arrays of values without names.
  var isPositional: Bool {
    if case .arrays = form { names.isEmpty } else { false }
  }
}
