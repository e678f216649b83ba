internal import CanonicalBytes
public import MarginRules
public import MarketData

/// What computing a snapshot again came to.
public enum Reexecution: Hashable, Sendable {
  /// The same bytes, and the same terms beside them.
  case identical
  /// What is read now is not what was read then; the name of the first input that differs.
  case inputDiffers(String)
  /// The first field that differs, the value in the snapshot that was published and the one that was
  /// computed.
  case fieldDiffers(path: String, published: String, computed: String)
  /// The snapshot is the same, what was published beside it is not; the member that differs.
  case termsDiffer(String)
  /// The snapshot is not the one that the record names.
  case otherSnapshot
  /// The engine fails on these inputs.
  case fails(PublicationError)
  /// The snapshot is a fallback, and the engine does not fail on its inputs.
  case doesNotFail
}

extension PublicationRecord {
  /// Computes a snapshot again and compares it with the one that was published. Of a fallback it is checked
  /// that the engine fails, and that the snapshot is the last good one, wider.
  ///
  /// - Parameters:
  ///   - market: the market as it is known now; it may have grown.
  ///   - snapshot: what was published.
  public func reexecute(_ market: Market, published snapshot: RiskSnapshot) -> Reexecution {
    guard snapshot.digest == self.snapshot else { return .otherSnapshot }
    var ledger = InputLedger()
    var read = ledger.digests(of: market, market.upTo(time))
    if let lastGood { read.append(InputDigest(name: "fallback", digest: lastGood.digest)) }
    if read != inputs {
      let changed = zip(read, inputs).first { $0 != $1 }?.1
      let longer = read.count > inputs.count ? read : inputs
      let extra = longer[min(read.count, inputs.count)...].first
      return .inputDiffers(changed?.name ?? extra?.name ?? "")
    }
    let computed: Publication
    do throws(PublicationError) {
      computed = try compute(market, tracing: .none, ledger: &ledger)
    } catch {
      return .fails(error)
    }
    guard computed.lastGood == lastGood else { return .doesNotFail }
    guard computed.snapshot == snapshot else {
      return Self.difference(published: snapshot, computed: computed.snapshot)
    }
    return computed.terms.difference(from: terms).map { .termsDiffer($0) } ?? .identical
  }

  /// Computes the publication again, and how its numbers came about.
  ///
  /// - Throws: when the engine fails and the record has no last good snapshot to fall back on.
  public func explained(_ market: Market) throws(PublicationError) -> Publication {
    var ledger = InputLedger()
    return try compute(market, tracing: .full, ledger: &ledger)
  }

  private func compute(
    _ market: Market, tracing: Tracing, ledger: inout InputLedger
  ) throws(PublicationError) -> Publication {
    let engine = try SnapshotPublisher(
      market: market, configuration: configuration, tracing: tracing)
    do throws(PublicationError) {
      return try engine.publish(
        at: time, state: state, previous: previous, beacon: beacon, ledger: &ledger)
    } catch {
      guard let lastGood else { throw error }
      return try engine.fallback(
        for: lastGood, at: time, state: state, previous: previous, beacon: beacon, because: error,
        ledger: &ledger)
    }
  }

  private static func difference(published: RiskSnapshot, computed: RiskSnapshot) -> Reexecution {
    let (a, b) = (SnapshotFieldList(published), SnapshotFieldList(computed))
    for (one, other) in zip(a.fields, b.fields) where one != other {
      return .fieldDiffers(
        path: one.path, published: one.value,
        computed: one.path == other.path ? other.value : "-")
    }
    return .fieldDiffers(
      path: "", published: "\(a.fields.count) fields", computed: "\(b.fields.count) fields")
  }
}

extension PublishedTerms {
  /// The first member that differs, or nil.
  fileprivate func difference(from other: PublishedTerms) -> String? {
    if underlyings != other.underlyings { return "underlyings" }
    if fees != other.fees { return "fees" }
    if ramps != other.ramps { return "ramps" }
    if assets != other.assets { return "assets" }
    if surcharge != other.surcharge { return "surcharge" }
    return exceptions == other.exceptions ? nil : "exceptions"
  }
}

/// Every field of a snapshot with its path and its value as text, in canonical order.
struct SnapshotFieldList {
  struct Field: Hashable {
    let path: String
    let value: String
  }

  private(set) var fields: [Field]

  init(_ snapshot: RiskSnapshot) {
    var lister = Lister()
    var draft = snapshot.draft
    // Listing throws only for words outside their type, and there are none.
    try? draft.visit(&lister)
    fields = lister.fields
  }

  private struct Lister: SnapshotVisitor {
    var fields: [Field] = []
    var path: [JSONPath] = [.root]

    mutating func append(_ name: String, _ value: String) {
      let here = path[path.count - 1]
      fields.append(
        Field(path: (name.isEmpty ? here : here.appending(name)).description, value: value))
    }

    mutating func integer(_ value: inout Int64, _ name: String, in _: ClosedRange<Int64>) {
      append(name, "\(value)")
    }

    mutating func flag(_ value: inout Bool, _ name: String) { append(name, "\(value)") }

    mutating func text(_ value: inout String, _ name: String, _: TextForm) { append(name, value) }

    mutating func digest(_ value: inout Digest, _ name: String) { append(name, "\(value)") }

    mutating func count(_ value: inout Int, _ name: String, in _: ClosedRange<Int>) {
      append(name, "\(value) elements")
    }

    mutating func enter(_ name: String, _ index: Int?) {
      let inner = path[path.count - 1].appending(name)
      path.append(index.map(inner.appending) ?? inner)
    }

    mutating func leave() { path.removeLast() }
  }
}
