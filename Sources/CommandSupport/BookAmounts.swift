internal import CanonicalBytes
internal import Solvency
internal import SolvencyProver

/// Amounts of a book file as they are written, for messages to its holder.
enum BookAmounts {
  private static let sections = [
    ("positions", Registry.position), ("holdings", Registry.holding), ("debts", Registry.debt),
  ]

  /// The coordinate of an amount at a path of a book file: `holdings.BTC`, `positions["BTC-PERP"]`, `cash`.
  static func coordinate(of path: String) -> String? {
    if path == "cash" { return Registry.cash }
    return member(path).flatMap { section, key in sections.first { $0.0 == section }?.1(key) }
  }

  /// The text of the amount at a path, nil if there is none.
  static func text(at path: String, in file: [UInt8]) -> String? {
    guard let node = try? JSONDocument.parse(file, maximumBytes: Book.fileByteLimit),
      case .object(let members) = node.value
    else { return nil }
    if path == "cash" { return members.first { $0.key == "cash" }.flatMap { text($0.value) } }
    guard let (section, key) = member(path),
      case .object(let amounts)? = members.first(where: { $0.key == section })?.value
    else { return nil }
    return amounts.first { $0.key == key }.flatMap { text($0.value) }
  }

  private static func text(_ value: JSONValue) -> String? {
    switch value {
    case .string(let text), .number(let text): text
    default: nil
    }
  }

  /// The section and the name of a path with two parts.
  private static func member(_ path: String) -> (section: String, key: String)? {
    if path.hasSuffix("\"]"), let start = path.firstIndex(of: "[") {
      return (String(path[..<start]), String(path[start...].dropFirst(2).dropLast(2)))
    }
    let parts = path.split(separator: ".", maxSplits: 1)
    return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
  }
}
