import Foundation
import TestSupport

/// What can be wrong with a file, and what a verb must end with that reads it.
struct Damage: Sendable {
  let name: String
  /// Whether the file is there, a regular one, with other bytes.
  let isOfContents: Bool
  /// Whether it is another text of JSON, with other members.
  var isOfMembers: Bool { Self.members.contains { $0.name == name } }
  /// The exit codes that say so; 0 among them where the file may be as good as before.
  let codes: @Sendable (World.Kind) -> Set<Int32>
  /// Puts a damaged file at a place; false if a file of this kind cannot be damaged that way.
  let place: @Sendable (_ good: Data, _ kind: World.Kind, _ at: URL) throws -> Bool

  private init(
    _ name: String, _ codes: Set<Int32>, text: Set<Int32>? = nil, isOfContents: Bool = false,
    _ place: @escaping @Sendable (Data, World.Kind, URL) throws -> Bool
  ) {
    self.name = name
    self.isOfContents = isOfContents
    self.codes = { kind in
      // A wrong passphrase is a refusal; a file of invalid lines has a verdict each.
      switch kind {
      case .text: text ?? codes.union([2])
      default: codes
      }
    }
    self.place = place
  }

  /// The same bytes for every run.
  private static func writing(
    _ name: String, _ codes: Set<Int32> = [65], except exceptions: [World.Kind] = [],
    _ bytes: @escaping @Sendable (Data) -> Data
  ) -> Damage {
    Damage(name, codes, isOfContents: true) { good, kind, file in
      guard !exceptions.contains(kind) else { return false }
      let damaged = bytes(good)
      guard damaged != good else { return false }
      try damaged.write(to: file)
      return true
    }
  }

  /// A change of the text of JSON; false if it does not occur.
  private static func editing(
    _ name: String, only: [World.Kind] = [.document], _ edit: @escaping @Sendable (String) -> String?
  ) -> Damage {
    Damage(name, [65]) { good, kind, file in
      guard only.contains(kind), let text = String(data: good, encoding: .utf8), text.contains("{"),
        let edited = edit(text)
      else { return false }
      try Data(edited.utf8).write(to: file)
      return true
    }
  }

  private static func version(_ value: String) -> Damage {
    editing("version \(value)", only: [.document, .lines]) { text in
      guard let range = text.range(of: #""version"\s*:\s*1"#, options: .regularExpression) else { return nil }
      return text.replacingCharacters(in: range, with: #""version": \#(value)"#)
    }
  }

  private static let structure: [Damage] = [
    Damage("missing", [66]) { _, _, _ in true },
    Damage("folder", [66], text: [66]) { _, _, file in
      try FileManager.default.createDirectory(at: file, withIntermediateDirectories: true)
      return true
    },
    Damage("device without end", [65], text: [64, 65]) { _, _, file in
      try FileManager.default.createSymbolicLink(atPath: file.path, withDestinationPath: "/dev/zero")
      return true
    },
    Damage("device without bytes", [65], text: [64, 65], isOfContents: true) { _, _, file in
      try FileManager.default.createSymbolicLink(atPath: file.path, withDestinationPath: "/dev/null")
      return true
    },
    Damage("link to itself", [66, 74], text: [66, 74]) { _, _, file in
      try FileManager.default.createSymbolicLink(atPath: file.path, withDestinationPath: file.path)
      return true
    },
    Damage("unreadable", [74], text: [74]) { good, _, file in
      // An administrator may read anything.
      guard getuid() != 0 else { return false }
      try good.write(to: file)
      try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: file.path)
      return true
    },
    Damage("huge", [65], text: [65]) { good, _, file in
      // Far beyond every limit, and without room on the disk.
      try good.write(to: file)
      let handle = try FileHandle(forWritingTo: file)
      try handle.truncate(atOffset: 8 << 30)
      try handle.close()
      return true
    },
  ]

  private static let contents: [Damage] = [
    writing("empty") { _ in Data() },
    writing("half", except: [.text]) { $0.prefix($0.count / 2) },
    writing("without its last bytes", except: [.text, .circuit]) { $0.prefix(max($0.count - 3, 0)) },
    writing("one byte", except: [.text]) { $0.prefix(1) },
    writing("garbage", except: [.text]) { _ in
      var random = SplitMix64(seed: 14)
      return Data([0xFF] + random.bytes(5_000))
    },
    writing("zeros", except: [.text]) { Data(count: $0.count) },
    writing("zero inside", except: [.text]) { good in
      var copy = good
      copy[good.count / 2] = 0
      return copy
    },
    writing("invalid UTF-8", except: [.text]) { good in
      var copy = good
      copy[good.count / 2] = 0xFF
      return copy
    },
    writing("twice", except: [.text, .circuit, .lines]) { $0 + $0 },
    writing("nested without end", except: [.text, .circuit]) { _ in
      Data(String(repeating: "[", count: 100_000).utf8)
    },
    writing("bytes after it", except: [.text, .circuit, .lines]) { $0 + Data("}x".utf8) },
  ]

  private static let types: [Damage] =
    ["[]", "{}", "null", "1", #""text""#].map { value in
      writing("is \(value)", except: [.text]) { _ in Data(value.utf8) }
    }

  private static let members: [Damage] = [
    version("999"), version("0"), version("-1"), version("true"), version("null"), version(#""v1""#),
    version("9223372036854775808"), version("1.0"), version("1e0"), version("[1]"),
    editing("member twice", only: [.document, .json, .lines]) { text in
      guard let brace = text.firstIndex(of: "{") else { return nil }
      let rest = text[text.index(after: brace)...]
      guard let name = rest.firstMatch(of: /\s*("[^"]*")\s*:/) else { return nil }
      return "\(text[...brace])\(name.output.1): 1,\(rest)"
    },
    editing("unknown member") { text in
      guard let brace = text.firstIndex(of: "{") else { return nil }
      return "\(text[...brace])\"sequense\": 1,\(text[text.index(after: brace)...])"
    },
    editing("without version") { text in
      text.range(of: #""version"\s*:\s*1\s*,?"#, options: .regularExpression)
        .map { text.replacingCharacters(in: $0, with: "") }
    },
    editing("number beyond all ranges") { text in
      text.ranges(of: /:\s*-?[0-9]{1,}/).dropFirst().first.map {
        text.replacingCharacters(in: $0, with: ": 99999999999999999999999999999999999999999")
      }
    },
  ]

  /// Bits flipped at places that differ from file to file. What is sealed is refused; elsewhere a text may
  /// have become another good one.
  private static let flips: [Damage] = (0..<6).map { number in
    Damage("bit \(number)", [0, 2, 65, 66], isOfContents: true) { good, kind, file in
      guard kind != .text else { return false }
      var random = SplitMix64(seed: UInt64(good.count) &* 31 &+ UInt64(number))
      var copy = good
      copy[Int(random.next() % UInt64(good.count))] ^= 1 << UInt8(random.next() % 8)
      try copy.write(to: file)
      return true
    }
  }

  /// Every damage.
  static let all = structure + contents + types + members + flips
}
