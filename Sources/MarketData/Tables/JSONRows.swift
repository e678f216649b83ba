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
  /// The number of the list that the last row came from.
  private(set) var section = -1

  /// The text at hand, behind what stands elsewhere: what holds for all rows of lists, and the words for
  /// sides of books.
  private(set) var window: JSONWindow
  private let sections: [JSONSection]
  /// The list at hand, and the index of the one it is or is found in.
  private var list = JSONSection(form: .objects, start: 0)
  private var index = -1
  /// Lists that were found in the value of a run at hand, the last first.
  private var found: [JSONSection] = []
  /// Where the value ends that they were found in; nil where no list of a run is at hand.
  private var after: Int?
  private var survey: JSONSurvey
  private let columns: [String: Int]
  private var state = State.done
  /// The columns of the values of a row, where rows are arrays or columns.
  private var targets: [Int] = []
  /// Where each column is read, where the text has one array for each.
  private var places: [Int] = []
  /// Where the next value of each column is read, while it is found.
  private var nextPlaces: [Int] = []
  /// Keys of the record before, and their columns: records are alike.
  private var pattern: [(key: Range<Int>, column: Int)] = []
  /// Where the window was when the keys were in it.
  private var patternBase = -1
  /// The number of the record that a column was written in last.
  private var writtenIn: [Int]
  private var record = 0
  /// How many orders the book at hand has had, and how many books had none.
  private var orders = 0
  private(set) var emptyBooks = 0
  private let rowNames: Set<Int>
  private let bookTargets: [Int]
  /// How long the text is.
  private let length: Int

  /// Where in the list at hand the next row is.
  private enum State {
    case done
    case objects
    case object
    case records(end: Int)
    case keyedObjects
    case arrays
    case columns(isFirst: Bool)
    case levels(isBid: Bool, asks: Int?)
  }

  /// - Parameter survey: the lists of the text.
  /// - Throws: ``MarketDataProblem/mixedJSON``, and what reading throws.
  init(_ survey: JSONSurvey) throws(MarketDataError) {
    let file = survey.window.file
    self.survey = survey
    length = survey.window.textOffset(of: survey.window.bytes.count)
    offset = survey.sections.first { $0.isPositional }?.width ?? 0
    positionalWidth = offset
    let positional = survey.sections.count { $0.isPositional }
    guard positional == 0 || positional == survey.sections.count else {
      throw MarketDataError(file: file, .mixedJSON)
    }
    var names = [String](repeating: "", count: positionalWidth) + survey.names
    let isBook = survey.sections.contains(where: \.isBook)
    for section in survey.sections { names += section.names.filter { !names.contains($0) } }
    if isBook { names += Self.bookColumns.filter { !names.contains($0) } }
    self.names = names
    width = names.count
    let columns = Dictionary(
      names.enumerated().filter { !$1.isEmpty }.map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    self.columns = columns
    writtenIn = Array(repeating: 0, count: names.count)
    bookTargets = Self.bookColumns.map { columns[$0] ?? 0 }
    let shift = positionalWidth
    rowNames = Set(survey.rowNames.map { $0 + shift })
      .union(isBook ? Self.bookColumns.compactMap { columns[$0] } : [])
      .union(survey.sections.flatMap { $0.names.compactMap { columns[$0] } }).union(0..<shift)

    // An offset of zero says that a row has no such field.
    let words = isBook ? Self.sides : survey.kept.isEmpty ? [] : [UInt8(ascii: " ")]
    let prefix = words + survey.kept
    (bid, ask) = (0..<Self.sides.count / 2, Self.sides.count / 2..<Self.sides.count)
    // In a whole text, fields are where they are; otherwise among what was kept.
    let fields = survey.window.isWhole ? prefix.count : words.count
    sections =
      fields == 0
      ? survey.sections
      : survey.sections.map { section in
        var section = section
        for i in section.envelope.indices where !section.envelope[i].field.isEmpty {
          let field = section.envelope[i].field
          section.envelope[i].field = field.lowerBound + fields..<field.upperBound + fields
        }
        return section
      }
    wordsCount = words.count
    window = prefix.isEmpty && survey.window.isWhole ? survey.window : try survey.window.again(prefix: prefix)
    self.survey.sections = []
    self.survey.kept = []
    // Columns are at hand whole while their rows are read: once, however often rows are looked at before.
    if sections.count == 1, case .columns = sections[0].form, length < MarketFile.byteLimit {
      try window.move(atLeast: length + 1)
    }
  }

  /// How many times the bytes at hand have become others.
  var moves: Int { window.moves }

  /// The text at hand, in which fields are.
  var bytes: [UInt8] { window.bytes }

  /// Whether a column is a member of rows themselves.
  func isOfRows(_ column: Int) -> Bool { rowNames.contains(column) }

  /// What the survey's indices are shifted by.
  private let offset: Int
  private static let sides = Array("bidask".utf8)
  private let bid: Range<Int>
  private let ask: Range<Int>
  private let wordsCount: Int

  // MARK: Again

  /// All rows, from the first on.
  func again() throws(MarketDataError) -> JSONRows {
    var rows = self
    (rows.section, rows.index, rows.state, rows.found, rows.after) = (-1, -1, .done, [], nil)
    rows.patternBase = -1
    if window.hasAll, !window.isWhole {
      rows.window = window.fromFirst
    } else if !window.isWhole {
      rows.window = try window.again(prefix: Array(window.bytes[..<window.prefix]))
    }
    return rows
  }

  /// The line and the column of a byte at hand.
  func place(of offset: Int) -> TextPlace {
    guard !window.isWhole, offset < window.prefix,
      let origin = survey.origins.last(where: { $0.kept <= offset - wordsCount })
    else { return window.place(of: offset) }
    return window.place(ofText: origin.text)
  }

  /// How many rows the text has in all, if it goes on as it has begun.
  func estimate(after rows: Int) -> Int? {
    let passed = window.textOffset
    guard !window.isWhole, passed > 0 else { return nil }
    // A little more, since one row too few would move all of them.
    return Int(min(Double(ReadingBudget.rowLimit), 1.05 * Double(rows) * Double(length) / Double(passed)))
  }

  // MARK: Lists

  /// Reads the fields of the next row into `fields`, empty ranges where it has none. Returns where the row
  /// begins, nil after the last.
  mutating func next(_ fields: inout [Range<Int>]) throws(MarketDataError) -> Int? {
    while true {
      if let start = try row(&fields) {
        orders += 1
        return start
      }
      if section >= 0, case .book = list.form, orders == 0 { emptyBooks += 1 }
      orders = 0
      guard try beginNext() else { return nil }
    }
  }

  /// Goes to the next list. Returns false after the last.
  private mutating func beginNext() throws(MarketDataError) -> Bool {
    while found.isEmpty {
      if sections.indices.contains(index), case .run(let end, let depth) = sections[index].form,
        try find(sections[index], before: end, depth: depth)
      {
        continue
      }
      guard index + 1 < sections.count else { return try end() }
      index += 1
      try begin(sections[index])
      guard case .run = sections[index].form else { return true }
    }
    guard let next = found.popLast() else { return false }
    window.cursor.offset = next.start
    begin(next, at: next.form)
    return true
  }

  /// Makes sure that the text was the same both times.
  private mutating func end() throws(MarketDataError) -> Bool {
    index = sections.count
    list = JSONSection(form: .objects, start: 0)
    guard !window.isWhole else { return false }
    guard try window.length() == length else {
      throw MarketDataError(file: window.file, .container("has changed while it was read; read it once more"))
    }
    return false
  }

  /// Finds the lists of the next value of a run. Returns false at its end.
  private mutating func find(
    _ run: JSONSection, before end: Int, depth: Int
  ) throws(MarketDataError) -> Bool {
    if let after { window.cursor.offset = after }
    after = nil
    if window.isShort { try window.move() }
    // A comma, or nothing, is between values.
    if try window.peek() == UInt8(ascii: ",") { window.cursor.offset += 1 }
    _ = try window.peek()
    guard window.textOffset < end else { return false }
    while true {
      do throws(JSONFault) {
        let (lists, end) = try survey.lists(at: window, depth: depth)
        after = end
        found = lists.reversed().map { list in
          var list = list
          if list.names.isEmpty, list.width > 0 { list.names = run.names }
          // Only a text that has changed has other names than before.
          list.envelope.removeAll { offset + $0.column >= width }
          for (column, field) in run.envelope where !list.envelope.contains(where: { $0.column == column }) {
            list.envelope.append((column, field))
          }
          return list
        }
        return true
      } catch {
        guard window.isAtEdge(error) else { throw window.failure(error) }
      }
      try window.extend()
    }
  }

  private mutating func begin(_ section: JSONSection) throws(MarketDataError) {
    after = nil
    switch section.form {
    case .columns(_, let end), .book(_, _, let end): try window.seek(section.start, through: end)
    default: try window.seek(section.start)
    }
    let shift = window.offset(ofText: 0)
    switch section.form {
    case .columns(let starts, let end):
      begin(section, at: .columns(starts.map { $0 + shift }, end: end + shift))
    case .book(let bids, let asks, let end):
      begin(section, at: .book(bids: bids + shift, asks: asks + shift, end: end + shift))
    case .run: return
    default: begin(section, at: section.form)
    }
  }

  /// - Parameter form: with offsets in the window.
  private mutating func begin(_ section: JSONSection, at form: JSONSection.Form) {
    list = section
    self.section += 1
    orders = 0
    switch form {
    case .objects:
      window.cursor.offset += 1
      state = .objects
    case .object: state = .object
    case .records(let end): state = .records(end: end)
    case .keyedObjects:
      window.cursor.offset += 1
      state = .keyedObjects
    case .arrays:
      window.cursor.offset += 1
      targets = section.names.isEmpty ? Array(0..<positionalWidth) : section.names.map { columns[$0] ?? 0 }
      state = .arrays
    case .columns(let starts, _):
      (places, nextPlaces) = (starts.map { $0 + 1 }, starts)
      targets = section.names.map { columns[$0] ?? 0 }
      state = .columns(isFirst: true)
    case .book(let bids, let asks, _):
      window.cursor.offset = bids + 1
      state = .levels(isBid: true, asks: asks)
    case .run: state = .done
    }
  }
  // MARK: Rows

  /// The next row of the list at hand, nil after its last.
  private mutating func row(_ fields: inout [Range<Int>]) throws(MarketDataError) -> Int? {
    if window.isShort, mayMove { try window.move() }
    while true {
      let place = window.cursor.offset
      do throws(JSONFault) {
        return try step(&fields)
      } catch {
        guard mayMove, window.isAtEdge(error) else { throw window.failure(error) }
      }
      window.cursor.offset = place
      try window.extend()
    }
  }

  /// Whether the rows of the list at hand are taken in as they are read; other lists are at hand.
  private var mayMove: Bool {
    guard after == nil else { return false }
    return switch state {
    case .done, .columns, .levels: false
    case .objects, .object, .records, .keyedObjects, .arrays: true
    }
  }

  private mutating func step(_ fields: inout [Range<Int>]) throws(JSONFault) -> Int? {
    switch state {
    case .done: return nil
    case .objects:
      guard try hasAnother(in: "]") else { return nil }
      clear(&fields)
      let start = window.cursor.offset
      try members(&fields)
      try pass("]")
      return start
    case .object:
      clear(&fields)
      let start = window.cursor.offset
      try members(&fields)
      state = .done
      return start
    case .records(let end):
      return try record(&fields, before: end)
    case .keyedObjects:
      guard try hasAnother(in: "}") else { return nil }
      clear(&fields)
      let start = window.cursor.offset
      let key = try window.cursor.key()
      if window.cursor.peek() == UInt8(ascii: "{") {
        try members(&fields)
      } else {
        try window.cursor.skip()
      }
      if let column = columns["key"] { fields[column] = key }
      try pass("}")
      return start
    case .arrays:
      guard try hasAnother(in: "]") else { return nil }
      // Where nothing stands around the list, every field is written.
      if targets.count < fields.count { clear(&fields) }
      let start = window.cursor.offset
      try elements(&fields)
      try pass("]")
      return start
    case .columns(let isFirst):
      // What stands around the columns is the same in every row.
      if isFirst { clear(&fields) }
      return try column(&fields)
    case .levels(let isBid, let asks):
      return try level(&fields, isBid: isBid, asks: asks)
    }
  }

  private mutating func hasAnother(in end: Unicode.Scalar) throws(JSONFault) -> Bool {
    guard !window.cursor.take(end) else {
      state = .done
      return false
    }
    _ = window.cursor.peek()
    return true
  }

  /// Passes the comma after an element; the end stays for ``hasAnother(in:)``.
  private mutating func pass(_ end: Unicode.Scalar) throws(JSONFault) {
    guard !window.cursor.take(",") else { return }
    guard window.cursor.peek() == UInt8(ascii: end) else { throw window.cursor.fault("',' or '\(end)'") }
  }

  /// One of the objects that stand one after the other, each a list of its own.
  private mutating func record(
    _ fields: inout [Range<Int>], before end: Int
  ) throws(JSONFault) -> Int? {
    guard window.textOffset < end else {
      state = .done
      return nil
    }
    _ = window.cursor.take(",")
    _ = window.cursor.peek()
    clear(&fields)
    let start = window.cursor.offset
    try members(&fields)
    section += 1
    return start
  }

  /// Empties a row but for what holds for all rows of its section.
  private mutating func clear(_ fields: inout [Range<Int>]) {
    record += 1
    for i in fields.indices { fields[i] = 0..<0 }
    for (column, field) in list.envelope { fields[offset + column] = field }
  }

  /// The members of the object ahead.
  private mutating func members(_ fields: inout [Range<Int>]) throws(JSONFault) {
    try window.cursor.expect("{", "an object, as the others are")
    if window.cursor.take("}") { return }
    if patternBase != window.base {
      pattern = []
      patternBase = window.base
    }
    var position = 0
    repeat {
      let column: Int
      let key: Range<Int>
      if position < pattern.count, case let known = pattern[position], known.column >= 0,
        writtenIn[known.column] != record, let field = window.cursor.takePlainMember(known.key)
      {
        writtenIn[known.column] = record
        fields[known.column] = field
        position += 1
        continue
      }
      if position < pattern.count, try window.cursor.take(key: pattern[position].key) {
        (key, column) = pattern[position]
      } else {
        key = try window.cursor.key()
        column = columns[String(decoding: bytes[key], as: UTF8.self)] ?? -1
        if position < pattern.count {
          pattern[position] = (key, column)
        } else {
          pattern.append((key, column))
        }
      }
      position += 1
      if column < 0 {
        try window.cursor.skip()
      } else {
        guard writtenIn[column] != record else { throw window.cursor.twice(key) }
        writtenIn[column] = record
        fields[column] = try value()
      }
    } while try window.cursor.goesOn(until: "}")
  }

  /// The text of the value ahead; that of an array or object is neither a number nor an instant.
  private mutating func value() throws(JSONFault) -> Range<Int> {
    guard window.cursor.isContainer() else { return try window.cursor.scalar() }
    let start = window.cursor.offset
    try window.cursor.skip()
    return start..<window.cursor.offset
  }

  /// The values of the array ahead.
  private mutating func elements(_ fields: inout [Range<Int>]) throws(JSONFault) {
    guard !window.cursor.takePlain(&fields, targets) else { return }
    let start = window.cursor.offset
    try window.cursor.expect("[", "an array, as the others are")
    var count = 0
    if !window.cursor.take("]") {
      repeat {
        guard count < targets.count else { throw tooWide(start, targets.count) }
        fields[targets[count]] = try value()
        count += 1
      } while try window.cursor.goesOn(until: "]")
    }
    guard count == targets.count else { throw tooWide(start, targets.count) }
  }

  private func tooWide(_ start: Int, _ width: Int) -> JSONFault {
    JSONFault(offset: start, expected: "\(width) values, as the first of the list has")
  }

  /// One value from each of the columns.
  private mutating func column(_ fields: inout [Range<Int>]) throws(JSONFault) -> Int? {
    state = .columns(isFirst: false)
    guard let first = places.first else { return nil }
    if window.cursor.takePlain(at: &places, &fields, targets, &nextPlaces) { return start(of: first) }
    var cursor = JSONCursor(bytes: bytes, offset: first)
    guard !cursor.take("]") else {
      state = .done
      return nil
    }
    for i in places.indices {
      cursor.offset = places[i]
      fields[targets[i]] = try cursor.scalar()
      if !cursor.take(","), cursor.peek() != UInt8(ascii: "]") { throw cursor.fault("',' or ']'") }
      places[i] = cursor.offset
    }
    return start(of: first)
  }

  /// Where the value at a place begins.
  private func start(of place: Int) -> Int {
    var cursor = JSONCursor(bytes: bytes, offset: place)
    _ = cursor.peek()
    return cursor.offset
  }

  /// One level of a book, bids first: an array of price, size and more, or an object.
  private mutating func level(
    _ fields: inout [Range<Int>], isBid: Bool, asks: Int?
  ) throws(JSONFault) -> Int? {
    var isBid = isBid
    if window.cursor.take("]") {
      guard isBid, let asks else {
        state = .done
        return nil
      }
      window.cursor.offset = asks + 1
      isBid = false
      state = .levels(isBid: false, asks: nil)
      if window.cursor.take("]") {
        state = .done
        return nil
      }
    }
    clear(&fields)
    _ = window.cursor.peek()
    let start = window.cursor.offset
    if window.cursor.peek() == UInt8(ascii: "[") {
      window.cursor.offset += 1
      var count = 0
      if !window.cursor.take("]") {
        repeat {
          let value = try window.cursor.scalar()
          if count < 3 { fields[bookTargets[count + 1]] = value }
          count += 1
        } while try window.cursor.goesOn(until: "]")
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
    try window.cursor.expect("{", "a level: an array or an object of price and size")
    guard !window.cursor.take("}") else { return }
    repeat {
      let key = ColumnName.key(String(decoding: bytes[try window.cursor.key()], as: UTF8.self))
      guard !window.cursor.isContainer() else {
        try window.cursor.skip()
        continue
      }
      let value = try window.cursor.scalar()
      if ColumnPart.price.names.contains(key) { try write(value, to: bookTargets[1], &fields) }
      if ColumnPart.size.names.contains(key) { try write(value, to: bookTargets[2], &fields) }
    } while try window.cursor.goesOn(until: "}")
  }

  private mutating func write(
    _ value: Range<Int>, to column: Int, _ fields: inout [Range<Int>]
  ) throws(JSONFault) {
    guard writtenIn[column] != record else { throw window.cursor.twice(value) }
    writtenIn[column] = record
    fields[column] = value
  }
}
