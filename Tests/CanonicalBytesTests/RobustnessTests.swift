import CanonicalBytes
import TestSupport
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A value as Foundation reads it.
private indirect enum FoundationValue: Decodable, Equatable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([FoundationValue])
  case object([String: FoundationValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let flag = try? container.decode(Bool.self) {
      self = .bool(flag)
    } else if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else if let string = try? container.decode(String.self) {
      self = .string(string)
    } else if let array = try? container.decode([FoundationValue].self) {
      self = .array(array)
    } else {
      self = .object(try container.decode([String: FoundationValue].self))
    }
  }

  /// The same for a value that we have read; nil when a number is beyond Foundation's.
  init?(_ value: JSONValue) {
    switch value {
    case .null: self = .null
    case .bool(let flag): self = .bool(flag)
    case .string(let string): self = .string(string)
    case .number(let literal):
      guard let number = Double(literal), number.isFinite else { return nil }
      self = .number(number)
    case .array(let elements):
      let converted = elements.compactMap(FoundationValue.init)
      guard converted.count == elements.count else { return nil }
      self = .array(converted)
    case .object(let members):
      var converted: [String: FoundationValue] = [:]
      for member in members {
        guard let value = FoundationValue(member.value) else { return nil }
        converted[member.key] = value
      }
      self = .object(converted)
    }
  }
}

@Suite("JSON from outside")
struct JSONRobustnessTests {
  static let seeds = [
    #"{"version":1,"cash":"-1200000000","positions":{"BTC-PERP":10000,"é\u20ac":-3.5e-7},"x":null}"#,
    #"[[],{},[[[0]]],true,false,"\ud83d\ude00\n",{"a":{"b":[1,2,{"c":"d"}]}}, 1E+2 ]"#,
  ].map { Array($0.utf8) }

  /// Random edits of the bytes: changed, removed, inserted, repeated.
  static func mutate(_ bytes: [UInt8], using random: inout SplitMix64) -> [UInt8] {
    let alphabet = Array("{}[]\",:\\u0123456789eE+-.tfn \n\u{1}dD8".utf8) + [0xFF, 0xC3, 0x80]
    var bytes = bytes
    for _ in 0...Int.random(in: 0...3, using: &random) {
      let at = Int.random(in: 0...bytes.count, using: &random)
      let byte = alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
      switch Int.random(in: 0..<4, using: &random) {
      case 0 where at < bytes.count: bytes[at] = byte
      case 1 where at < bytes.count: bytes.remove(at: at)
      case 2: bytes.insert(contentsOf: bytes[..<at].suffix(4), at: at)
      default: bytes.insert(byte, at: at)
      }
    }
    return bytes
  }

  @Test("20,000 damaged texts are read or refused, and what is read is what Foundation reads")
  func mutations() {
    var random = SplitMix64(seed: 1)
    var accepted = 0
    for round in 0..<20_000 {
      let bytes = Self.mutate(Self.seeds[round % 2], using: &random)
      guard let node = try? JSONDocument.parse(bytes, maximumBytes: 1 << 16) else { continue }
      accepted += 1
      #expect((try? JSONDocument.parse(node.value.encoded(), maximumBytes: 1 << 16)) == node)
      guard let ours = FoundationValue(node.value) else { continue }
      let theirs = try? JSONDecoder().decode(FoundationValue.self, from: Data(bytes))
      #expect(ours == theirs, "\(String(decoding: bytes, as: UTF8.self))")
    }
    #expect(accepted > 1_000)
  }

  @Test("every escape means what Foundation says, or is refused as it refuses it")
  func escapes() {
    var differing: [[UInt8]] = []
    func check(_ content: [UInt8]) {
      let text = [UInt8(ascii: "\"")] + content + [UInt8(ascii: "\"")]
      let ours = try? JSONDocument.parse(text, maximumBytes: 1 << 10).value
      let theirs = try? JSONDecoder().decode(String.self, from: Data(text))
      if ours != theirs.map({ .string($0) }) { differing.append(content) }
    }
    func escape(_ unit: Int) -> [UInt8] {
      let digits = String(unit, radix: 16, uppercase: unit.isMultiple(of: 2))
      return Array(("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8)
    }
    for unit in 0...0xFFFF { check(escape(unit)) }
    // What may follow a backslash; a letter of two bytes may not.
    for byte in UInt8(0x20)..<0x80 where byte != UInt8(ascii: "\"") { check([UInt8(ascii: "\\"), byte]) }
    check(Array("\\é".utf8))
    // Pairs about the ends of both halves, and whatever stands between.
    let ends = [0, 0x41, 0xD7FF, 0xD800, 0xDA5A, 0xDBFF, 0xDC00, 0xDE5A, 0xDFFF, 0xE000, 0xFFFF]
    for first in ends {
      for second in ends {
        check(escape(first) + escape(second))
        check(escape(first) + Array("é".utf8) + escape(second))
        for count in 1..<6 { check(escape(first) + escape(second).prefix(count)) }
      }
    }
    // No digits: a sign, a space, digits of other alphabets.
    for digits in ["+041", "-041", " 041", "00g0", "0x41", "００４１", "é"] { check(Array("\\u\(digits)".utf8)) }
    #expect(differing.isEmpty, "\(differing.prefix(8))")
  }

  @Test("base64 is what Foundation writes, and nothing else is read")
  func base64() throws {
    var random = SplitMix64(seed: 3)
    for round in 0..<2_000 {
      let bytes = random.bytes(round % 67)
      let text = Data(bytes).base64EncodedString()
      #expect(JSONValue.base64(bytes) == .string(text))
      var digits = Array(text.utf8)
      for _ in 0..<(round % 3) where !digits.isEmpty {
        digits[Int(random.next() % UInt64(digits.count))] = UInt8(0x23 + random.next() % 0x39)
      }
      let changed = String(decoding: digits, as: UTF8.self)
      let read = Data(base64Encoded: changed)
      let theirs = read?.base64EncodedString() == changed ? read.map(Array.init) : nil
      let node = try JSONDocument.parse(JSONValue.string(changed).encoded(), maximumBytes: 1 << 10)
      #expect((try? node.base64(maximumBytes: 1 << 10)) == theirs, "\(changed)")
    }
  }

  @Test("random bytes are refused")
  func noise() {
    var random = SplitMix64(seed: 2)
    for count in 0..<2_000 {
      let bytes = random.bytes(count % 64)
      _ = try? JSONDocument.parse(bytes, maximumBytes: 64)
    }
  }

  @Test("every beginning of a text is refused")
  func truncations() {
    for seed in Self.seeds {
      for count in 0..<seed.count {
        #expect(throws: DocumentError.self) {
          try JSONDocument.parse(Array(seed[..<count]), maximumBytes: 1 << 16)
        }
      }
    }
  }

  @Test("ten megabytes of one byte are refused at once", arguments: ["[", "{", "\"", "0", "-", " "])
  func floods(_ character: String) {
    let bytes = [UInt8](repeating: Array(character.utf8)[0], count: 10_000_000)
    #expect(throws: DocumentError.self) { try JSONDocument.parse(bytes, maximumBytes: 10_000_000) }
  }

  @Test("a number of a megabyte is refused as an integer, without a crash")
  func hugeNumber() throws {
    let bytes = [UInt8](repeating: UInt8(ascii: "9"), count: 1_000_000)
    let node = try JSONDocument.parse(bytes, maximumBytes: 1_000_000)
    #expect(throws: DocumentError.self) { try node.integer(in: Int64.min...Int64.max) }
    #expect(throws: DocumentError.self) { try node.decimal(inUnitsOfTenTo: -6, in: 0...Int64.max) }
    #expect(throws: DocumentError.self) { try node.number() }
  }
}

@Suite("JSON writing")
struct JSONWritingTests {
  @Test("the layouts are exactly these")
  func layouts() {
    let value: JSONValue = [
      "version": 1, "rows": [[1, -2], ["a\"\\\n\u{1}é", .null, true]], "empty": [:], "none": [],
      "in": ["x": 1, "y": "z"],
    ]
    #expect(
      String(decoding: value.encoded(), as: UTF8.self)
        == #"{"version":1,"rows":[[1,-2],["a\"\\\n\u0001é",null,true]],"empty":{},"none":[],"in":{"x":1,"y":"z"}}"#
    )
    #expect(
      String(decoding: value.encoded(.indented), as: UTF8.self) == #"""
        {
          "version": 1,
          "rows": [
            [1, -2],
            ["a\"\\\n\u0001é", null, true]
          ],
          "empty": {},
          "none": [],
          "in": {"x": 1, "y": "z"}
        }

        """#)
  }

  @Test("both layouts read back as the value", arguments: [JSONValue.Layout.compact, .indented])
  func roundTrip(_ layout: JSONValue.Layout) throws {
    for seed in JSONRobustnessTests.seeds {
      let node = try JSONDocument.parse(seed, maximumBytes: 1_000)
      let text = node.value.encoded(layout)
      #expect(try JSONDocument.parse(text, maximumBytes: 1_000) == node)
    }
  }

  @Test("integers beyond 53 bits are written as strings")
  func largeIntegers() {
    #expect(JSONValue.integer((1 << 53) - 1) == .number("9007199254740991"))
    #expect(JSONValue.integer(1 << 53) == .string("9007199254740992"))
    #expect(JSONValue.integer(-(1 << 53) + 1) == .number("-9007199254740991"))
    #expect(JSONValue.integer(Int64.min) == .string("-9223372036854775808"))
    #expect(JSONValue.hex([0, 255]) == "00ff")
    #expect(JSONValue.base64([0, 255]) == "AP8=")
  }
}
