package import CanonicalBytes

/// Something that is done to every field of a snapshot in turn: encode it, decode it, check its bounds.
///
/// The walk in `SnapshotFields.swift` is the one place that names the fields, their order and their
/// ranges, so that no two of these can disagree.
package protocol SnapshotVisitor {
  /// An integer and the range that a sound snapshot keeps it in.
  mutating func integer(
    _ value: inout Int64, _ name: String, in range: ClosedRange<Int64>
  ) throws(SnapshotError)
  /// A flag; also, whether an optional field is there.
  mutating func flag(_ value: inout Bool, _ name: String) throws(SnapshotError)
  /// A text and the form that a sound snapshot keeps it in.
  mutating func text(
    _ value: inout String, _ name: String, _ form: TextForm
  ) throws(SnapshotError)
  /// A value of 32 bytes.
  mutating func digest(_ value: inout Digest, _ name: String) throws(SnapshotError)
  /// The number of elements of a list, before the elements.
  mutating func count(
    _ value: inout Int, _ name: String, in range: ClosedRange<Int>
  ) throws(SnapshotError)
  /// What follows, until ``leave()``, is inside the field of this name, at this index of a list.
  mutating func enter(_ name: String, _ index: Int?)
  /// The field that was entered last is complete.
  mutating func leave()
}

/// The form of a text in a snapshot.
package enum TextForm: Hashable, Sendable {
  /// 1 to 64 printable ASCII characters other than space and "/", so that `position/<id>` is one name.
  case identifier
  /// 1 to 64 printable ASCII characters.
  case label
  /// Any text of at most 1024 bytes.
  case note
  /// A name as circuits have them: a lower-case letter, then letters, digits and "_", 1 to 64 in all.
  case name

  /// Whether a text has this form.
  func admits(_ text: String) -> Bool {
    let bytes = text.utf8
    switch self {
    case .identifier:
      return (1...SnapshotLimits.identifierLength).contains(bytes.count)
        && bytes.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "/") }
    case .label:
      return (1...SnapshotLimits.identifierLength).contains(bytes.count)
        && bytes.allSatisfy { (0x20...0x7E).contains($0) }
    case .note:
      return bytes.count <= SnapshotLimits.noteLength
    case .name:
      let lower = UInt8(ascii: "a")...UInt8(ascii: "z")
      return (1...SnapshotLimits.identifierLength).contains(bytes.count)
        && bytes.first.map(lower.contains) == true
        && bytes.allSatisfy {
          lower.contains($0) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "_")
        }
    }
  }
}

/// A record with fields of its own.
package protocol SnapshotRecord {
  /// A value to decode into.
  static var blank: Self { get }
  /// Shows every field to a visitor, in canonical order.
  mutating func visit(_ visitor: inout some SnapshotVisitor) throws(SnapshotError)
}

/// The shapes that fields come in, put together from the requirements.
extension SnapshotVisitor {
  mutating func record(_ value: inout some SnapshotRecord, _ name: String) throws(SnapshotError) {
    enter(name, nil)
    try value.visit(&self)
    leave()
  }

  mutating func records<Record: SnapshotRecord>(
    _ values: inout [Record], _ name: String, counts: ClosedRange<Int>
  ) throws(SnapshotError) {
    var count = values.count
    try self.count(&count, name, in: counts)
    var visited: [Record] = []
    for index in 0..<count {
      var value = index < values.count ? values[index] : .blank
      enter(name, index)
      try value.visit(&self)
      leave()
      visited.append(value)
    }
    values = visited
  }

  mutating func integers(
    _ values: inout [Int64], _ name: String, counts: ClosedRange<Int>, in range: ClosedRange<Int64>
  ) throws(SnapshotError) {
    var count = values.count
    try self.count(&count, name, in: counts)
    var visited: [Int64] = []
    for index in 0..<count {
      var value = index < values.count ? values[index] : 0
      enter(name, index)
      try integer(&value, "", in: range)
      leave()
      visited.append(value)
    }
    values = visited
  }

  /// A field that may be missing; `blank` is what it is decoded into.
  private mutating func presence<Value>(
    of value: Value?, _ name: String, blank: Value
  ) throws(SnapshotError) -> Value? {
    var isPresent = value != nil
    try flag(&isPresent, name)
    return isPresent ? value ?? blank : nil
  }

  mutating func optionalInteger(
    _ value: inout Int64?, _ name: String, in range: ClosedRange<Int64>
  ) throws(SnapshotError) {
    guard var present = try presence(of: value, name, blank: 0) else { return value = nil }
    try integer(&present, name, in: range)
    value = present
  }

  mutating func optionalIntegers(
    _ values: inout [Int64]?, _ name: String, counts: ClosedRange<Int>, in range: ClosedRange<Int64>
  ) throws(SnapshotError) {
    guard var present = try presence(of: values, name, blank: []) else { return values = nil }
    try integers(&present, name, counts: counts, in: range)
    values = present
  }

  mutating func optionalText(
    _ value: inout String?, _ name: String, _ form: TextForm
  ) throws(SnapshotError) {
    guard var present = try presence(of: value, name, blank: "") else { return value = nil }
    try text(&present, name, form)
    value = present
  }

  /// A word, as its number in the order of its type.
  mutating func word<Word: CaseIterable & Hashable>(
    _ value: inout Word, _ name: String
  ) throws(SnapshotError) {
    let words = Array(Word.allCases)
    var code = Int64(words.firstIndex(of: value) ?? 0)
    let codes = 0...Int64(words.count - 1)
    try integer(&code, name, in: codes)
    guard codes.contains(code) else { throw .unknownCode(field: name, code: code) }
    value = words[Int(code)]
  }

  mutating func optionalWord<Word: CaseIterable & Hashable>(
    _ value: inout Word?, _ name: String, blank: Word
  ) throws(SnapshotError) {
    guard var present = try presence(of: value, name, blank: blank) else { return value = nil }
    try word(&present, name)
    value = present
  }
}
