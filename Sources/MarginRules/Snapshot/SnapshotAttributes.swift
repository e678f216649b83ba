/// The names of a venue's own numbers of instruments and assets, which circuits may read: a rank, a sector, a
/// limit of a venue's own. Every instrument has one integer for each of the first, every asset one for each
/// of the second.
///
/// A snapshot that declares some has version 2; one that declares none has version 1, and the bytes and the
/// digest that it had before there were any.
public struct SnapshotAttributes: Hashable, Sendable {
  /// Of instruments, at most ``SnapshotLimits/attributes``; each a lower-case letter, then letters, digits
  /// and `_`.
  public var instruments: [String]
  /// Of collateral assets, as ``instruments``.
  public var collateral: [String]

  /// These names.
  public init(instruments: [String] = [], collateral: [String] = []) {
    self.instruments = instruments
    self.collateral = collateral
  }
}

extension SnapshotAttributes: SnapshotRecord {
  package static let blank = SnapshotAttributes()

  /// A name in a list.
  private struct Name: SnapshotRecord {
    var text: String

    static let blank = Name(text: "")

    mutating func visit(_ visitor: inout some SnapshotVisitor) throws(SnapshotError) {
      try visitor.text(&text, "", .name)
    }
  }

  package mutating func visit(_ visitor: inout some SnapshotVisitor) throws(SnapshotError) {
    instruments = try Self.visit(instruments, "instruments", &visitor)
    collateral = try Self.visit(collateral, "collateral", &visitor)
  }

  private static func visit(
    _ names: [String], _ field: String, _ visitor: inout some SnapshotVisitor
  ) throws(SnapshotError) -> [String] {
    var records = names.map(Name.init)
    try visitor.records(&records, field, counts: SnapshotLimits.attributes)
    return records.map(\.text)
  }
}

extension SnapshotDraft {
  /// The attributes, for those who declare some: the names, then the numbers of each instrument and each
  /// asset.
  mutating func visitAttributes(_ visitor: inout some SnapshotVisitor) throws(SnapshotError) {
    guard var names = attributes else { return }
    try visitor.record(&names, "attributes")
    attributes = names
    let (ofInstruments, ofAssets) = (names.instruments.count, names.collateral.count)
    for index in instruments.indices {
      visitor.enter("instruments", index)
      try visitor.integers(
        &instruments[index].attributes, "attributes", counts: ofInstruments...ofInstruments,
        in: SnapshotLimits.coefficients)
      visitor.leave()
    }
    for index in collateral.indices {
      visitor.enter("collateral", index)
      try visitor.integers(
        &collateral[index].attributes, "attributes", counts: ofAssets...ofAssets,
        in: SnapshotLimits.coefficients)
      visitor.leave()
    }
  }
}
