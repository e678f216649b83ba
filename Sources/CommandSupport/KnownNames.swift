internal import CanonicalBytes

/// Names that there are, for messages about one that is not among them.
package struct KnownNames {
  /// The most names that are listed; the others are counted.
  private static let listLimit = 24
  /// The most that are suggested.
  private static let nearLimit = 3
  /// The longest name that is repeated whole.
  private static let lengthLimit = 64

  private let names: [String]

  /// Names in the order in which they are listed.
  package init(_ names: [String]) { self.names = names }

  /// A name for a message, which a file may have made as long as it likes.
  package static func shown(_ name: String) -> String {
    name.isEmpty ? "without a name" : name.count > lengthLimit ? "\(name.prefix(lengthLimit))…" : name
  }

  /// What may have been meant, and what there is.
  package func advice(on name: String) -> String {
    let near = near(name)
    let others = names.count - Self.listLimit
    let list = names.prefix(Self.listLimit).map(Self.shown).joined(separator: ", ")
    return (near.isEmpty ? "" : "did you mean \(near.map(Self.shown).joined(separator: " or "))? ")
      + "There are \(list)\(others > 0 ? " and \(others) more" : "")"
  }

  /// Names that differ in few letters, or that are of the same asset or instrument: `BTC` of `holding/BTC`.
  private func near(_ name: String) -> [String] {
    func last(_ name: String) -> Substring? { name.lowercased().split(separator: "/").last }
    let spelt = suggestion(for: name, among: names)
    let same = names.filter { $0 != spelt && last($0) == last(name) }
    return Array(((spelt.map { [$0] } ?? []) + same).prefix(Self.nearLimit))
  }
}
