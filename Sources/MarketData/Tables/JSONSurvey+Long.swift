// Values that are longer than what is at hand: what is in them is looked at part by part. Offsets of what was
// found in them are those in the text.

extension JSONSurvey {
  /// A value that was looked at.
  private struct Part {
    var finding: Finding
    /// Whether offsets are those in the window.
    let isAtHand: Bool
    /// Where in the text it begins and ends.
    let start: Int
    let end: Int
  }

  /// All documents of the text.
  mutating func documents() throws(MarketDataError) {
    var list = List()
    repeat {
      if list.endsInRecords {
        while passPlainRecord() { list.extend(to: window.textOffset) }
        guard try isAnother() else { break }
      }
      try add(try part(depth: 0), depth: 0, to: &list)
    } while try isAnother()
    guard try window.peek() == nil else {
      throw window.failure(window.cursor.fault("the end of the document"))
    }
    sections = list.sections
  }

  private mutating func isAnother() throws(MarketDataError) -> Bool {
    let next = try window.peek()
    return next == UInt8(ascii: "{") || next == UInt8(ascii: "[")
  }

  /// The value ahead.
  private mutating func part(depth: Int) throws(MarketDataError) -> Part {
    _ = try window.peek()
    let start = window.textOffset
    if let finding = try attempt(depth: depth) {
      return Part(finding: finding, isAtHand: true, start: start, end: window.textOffset)
    }
    let finding = try long(depth: depth)
    return Part(finding: finding, isAtHand: false, start: start, end: window.textOffset)
  }

  /// The value ahead, if it is at hand or not longer than a block; nil, and the place as before, if it is.
  private mutating func attempt(depth: Int) throws(MarketDataError) -> Finding? {
    if window.isShort { try window.move() }
    while true {
      let start = window.cursor.offset
      do throws(JSONFault) {
        let finding = try value(depth: depth)
        if window.isAtEnd || window.cursor.offset < window.bytes.count { return finding }
      } catch {
        guard window.isAtEdge(error) else { throw window.failure(error) }
      }
      window.cursor.offset = start
      guard start > window.prefix else { return nil }
      try window.move()
    }
  }

  /// Does a step of reading; again with more of the text, if what is at hand is too short for it.
  private mutating func step<Value>(
    _ body: (inout JSONSurvey) throws(JSONFault) -> Value
  ) throws(MarketDataError) -> Value {
    if window.isShort { try window.move() }
    while true {
      let start = window.cursor.offset
      do throws(JSONFault) {
        let value = try body(&self)
        if window.isAtEnd || window.cursor.offset < window.bytes.count { return value }
      } catch {
        guard window.isAtEdge(error) else { throw window.failure(error) }
      }
      window.cursor.offset = start
      try window.extend()
    }
  }

  private mutating func goesOn(until end: Unicode.Scalar) throws(MarketDataError) -> Bool {
    try step { survey throws(JSONFault) in try survey.window.cursor.goesOn(until: end) }
  }

  private mutating func long(depth: Int) throws(MarketDataError) -> Finding {
    guard depth <= Self.depthLimit else {
      try step { survey throws(JSONFault) in try survey.window.cursor.skip() }
      return .nothing
    }
    switch try window.peek() {
    case UInt8(ascii: "["): return try longArray(depth: depth)
    case UInt8(ascii: "{"): return try longObject(depth: depth)
    default:
      let field = try step { survey throws(JSONFault) in try survey.window.cursor.scalar() }
      return .scalar(try located { survey throws(JSONFault) in try survey.keep(field) })
    }
  }

  // MARK: Arrays

  private mutating func longArray(depth: Int) throws(MarketDataError) -> Finding {
    let start = window.textOffset
    window.cursor.offset += 1
    let first = try window.peek()
    if first == UInt8(ascii: "]") {
      window.cursor.offset += 1
      return .nothing
    }
    let part = try part(depth: depth + 1)
    switch part.finding {
    case .record:
      while try step({ survey throws(JSONFault) in try survey.passRecords() }) {}
      return .sections([JSONSection(form: .objects, start: start)])
    case .scalars(_, let count, _):
      try passRows()
      return .sections([JSONSection(form: .arrays, start: start, width: count)])
    case .scalar:
      return .scalars(start: start, count: 1 + (try passScalars()), isText: first == UInt8(ascii: "\""))
    case .sections, .nothing:
      var list = List()
      try add(part, depth: depth + 1, to: &list)
      while try goesOn(until: "]") {
        try add(try self.part(depth: depth + 1), depth: depth + 1, to: &list)
      }
      return .sections(list.sections)
    }
  }

  /// Passes the rest of an array of arrays.
  private mutating func passRows() throws(MarketDataError) {
    var brackets = OpenBrackets(depth: 1)
    while try !located({ survey throws(JSONFault) in try survey.window.cursor.pass(&brackets) }) {
      guard !window.isAtEnd else {
        window.cursor.offset = window.bytes.count
        throw window.failure(window.cursor.fault("the end of an array or object"))
      }
      if window.cursor.offset > window.prefix { try window.move() } else { try window.extend() }
    }
  }

  /// Passes the rest of an array of values that hold no others, and counts them.
  private mutating func passScalars() throws(MarketDataError) -> Int {
    var count = 0
    while true {
      let (passed, goesOn) = try step { survey throws(JSONFault) in
        var passed = 0
        while true {
          passed += survey.window.cursor.passNumbers()
          guard try survey.window.cursor.goesOn(until: "]") else { break }
          if survey.window.cursor.takePlainValue() == nil { try survey.window.cursor.skip() }
          passed += 1
          if survey.window.isShort { return (passed, true) }
        }
        return (passed, false)
      }
      count += passed
      guard goesOn else { return count }
    }
  }

  // MARK: Objects

  private mutating func longObject(depth: Int) throws(MarketDataError) -> Finding {
    let start = window.textOffset
    window.cursor.offset += 1
    if try window.peek() == UInt8(ascii: "}") {
      window.cursor.offset += 1
      return .nothing
    }
    var members = Members()
    repeat {
      let key = try step { survey throws(JSONFault) in try survey.window.cursor.key() }
      try located { survey throws(JSONFault) in try members.checkLong(key, in: survey.window.cursor) }
      let name = text(key)
      members.names.append(name)
      guard name != "info" else {
        try step { survey throws(JSONFault) in try survey.window.cursor.skip() }
        continue
      }
      let kept = try located { survey throws(JSONFault) in try survey.keep(key) }
      try addMember(name, key: kept, depth: depth, to: &members)
    } while try goesOn(until: "}")
    let end = window.textOffset
    return try located { survey throws(JSONFault) in try survey.finding(members, start: start, end: end) }
  }

  /// Looks at the value of a member.
  private mutating func addMember(
    _ name: String, key: Range<Int>, depth: Int, to members: inout Members
  ) throws(MarketDataError) {
    let isArray = try window.peek() == UInt8(ascii: "[")
    var member: Part
    if isArray, name == "levels" {
      // Where the sides of a book begin in one array is seen where all of it is at hand.
      let start = window.textOffset
      let finding = try step { survey throws(JSONFault) in try survey.value(depth: depth + 1) }
      member = Part(finding: finding, isAtHand: true, start: start, end: window.textOffset)
    } else {
      member = try part(depth: depth + 1)
    }
    guard member.isAtHand else {
      if isArray {
        if case .scalars = member.finding {
          members.noteSide(name, at: member.start, isSide: false)
        } else {
          members.noteSide(name, at: member.start, isSide: true)
        }
      }
      try located { survey throws(JSONFault) in
        try members.add(member.finding, of: name, key: key, in: survey.window.cursor)
      }
      return
    }
    let start = window.offset(ofText: member.start)
    try located { survey throws(JSONFault) in
      var found = Members()
      try found.add(member.finding, of: name, key: key, start: start, in: survey.window.cursor)
      member.finding = try survey.settled(member.finding)
      found.moveToText(by: survey.window.textOffset(of: 0))
      members.noteArrays(of: found)
      try members.add(member.finding, of: name, key: key, in: survey.window.cursor)
    }
  }

  // MARK: What was found

  /// Lists in the order of the text, of which those that are short and alike stand together as one.
  private struct List {
    var sections: [JSONSection] = []
    /// Whether the last one goes on.
    var isOpen = false

    var endsInRecords: Bool {
      guard isOpen, let last = sections.last, case .records = last.form else { return false }
      return true
    }

    mutating func extend(to end: Int) { sections[sections.count - 1].form = .records(end: end) }
  }

  private mutating func add(_ part: Part, depth: Int, to list: inout List) throws(MarketDataError) {
    switch part.finding {
    case .nothing, .scalar, .scalars: list.isOpen = false
    case .record(let start):
      if list.endsInRecords {
        list.extend(to: part.end)
      } else {
        let start = part.isAtHand ? window.textOffset(of: start) : start
        list.sections.append(JSONSection(form: .records(end: part.end), start: start))
        list.isOpen = true
      }
    case .sections(let found):
      if !window.isWhole, part.isAtHand, let run = Self.run(found, of: part, depth: depth) {
        if list.isOpen, let last = list.sections.last, case .run = last.form, last.width == run.width,
          last.names == run.names
        {
          list.sections[list.sections.count - 1].form = run.form
          list.sections[list.sections.count - 1].isBook = last.isBook || run.isBook
        } else {
          list.sections.append(run)
          list.isOpen = true
        }
      } else {
        list.isOpen = false
        try located { survey throws(JSONFault) in
          list.sections += part.isAtHand ? try survey.settled(found) : found
        }
      }
    }
    try located { survey throws(JSONFault) in try survey.checkCount(of: list.sections) }
  }

  /// The lists of one value as one, to be found again when they are read; nil if they are not alike.
  private static func run(_ found: [JSONSection], of part: Part, depth: Int) -> JSONSection? {
    var run = JSONSection(form: .run(end: part.end, depth: depth), start: part.start)
    guard let first = found.first else { return nil }
    func shape(_ section: JSONSection) -> (Int, [String]) {
      // Columns have names in the text itself.
      if case .columns = section.form { (0, []) } else { (section.width, section.names) }
    }
    (run.width, run.names) = shape(first)
    run.isBook = found.contains(where: \.isBook)
    return found.allSatisfy { shape($0) == (run.width, run.names) } ? run : nil
  }

  /// What was found in the text at hand, with places in the text.
  private mutating func settled(_ finding: Finding) throws(JSONFault) -> Finding {
    let shift = window.textOffset(of: 0)
    switch finding {
    case .nothing: return .nothing
    case .scalar(let field): return .scalar(try keep(field))
    case .scalars(let start, let count, let isText):
      return .scalars(start: start + shift, count: count, isText: isText)
    case .record(let start): return .record(start + shift)
    case .sections(let sections): return .sections(try settled(sections))
    }
  }

  private mutating func settled(_ sections: [JSONSection]) throws(JSONFault) -> [JSONSection] {
    guard !window.isWhole else { return sections }
    let shift = window.textOffset(of: 0)
    var settled: [JSONSection] = []
    for var section in sections {
      section.start += shift
      switch section.form {
      case .columns(let starts, let end): section.form = .columns(starts.map { $0 + shift }, end: end + shift)
      case .book(let bids, let asks, let end):
        section.form = .book(bids: bids + shift, asks: asks + shift, end: end + shift)
      case .objects, .object, .records, .run, .keyedObjects, .arrays: break
      }
      for i in section.envelope.indices { section.envelope[i].field = try keep(section.envelope[i].field) }
      settled.append(section)
    }
    return settled
  }

  /// Keeps a field of the text at hand, for rows that are read when it no longer is.
  private mutating func keep(_ field: Range<Int>) throws(JSONFault) -> Range<Int> {
    guard !window.isWhole else { return field }
    guard kept.count + field.count < Self.keptLimit else {
      throw JSONFault(
        offset: field.lowerBound, expected: "at most \(Self.keptLimit) bytes around lists")
    }
    origins.append((kept.count, window.textOffset(of: field.lowerBound)))
    let start = kept.count
    kept += window.bytes[field]
    // Each has a place of its own.
    if field.isEmpty { kept.append(UInt8(ascii: " ")) }
    return start..<start + field.count
  }

  /// Does what may find a fault in the text at hand.
  private mutating func located<Value>(
    _ body: (inout JSONSurvey) throws(JSONFault) -> Value
  ) throws(MarketDataError) -> Value {
    do throws(JSONFault) {
      return try body(&self)
    } catch {
      throw window.failure(error)
    }
  }
}
