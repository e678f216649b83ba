import CanonicalBytes
import MarginRules

/// One field of a snapshot as the walk over all fields shows it.
struct SnapshotField: Hashable {
  enum Kind: Hashable {
    case integer(ClosedRange<Int64>)
    case flag
    case text(TextForm)
    case digest
    case count(ClosedRange<Int>)
  }

  let path: String
  let kind: Kind
}

/// Lists the fields of a draft, and gives one of them another value on the way.
struct FieldProbe: SnapshotVisitor {
  /// What to put into the field of a number.
  enum Change {
    case integer((Int64) -> Int64)
    case flag
    case text((String) -> String)
    case digest
    case count((Int) -> Int)
  }

  private(set) var fields: [SnapshotField] = []
  private var target: Int?
  private var change: Change?
  private var path: [String] = [""]

  /// Every field of a draft, in canonical order.
  static func fields(of draft: SnapshotDraft) throws -> [SnapshotField] {
    var (draft, probe) = (draft, FieldProbe())
    try draft.visit(&probe)
    return probe.fields
  }

  /// The draft with the field of this number changed.
  static func changing(
    _ draft: SnapshotDraft, field: Int, _ change: Change
  ) throws -> SnapshotDraft {
    var (draft, probe) = (draft, FieldProbe())
    probe.target = field
    probe.change = change
    try draft.visit(&probe)
    return draft
  }

  private mutating func note(_ name: String, _ kind: SnapshotField.Kind) -> Change? {
    let base = path[path.count - 1]
    let path = base.isEmpty || name.isEmpty ? base + name : "\(base).\(name)"
    fields.append(SnapshotField(path: path, kind: kind))
    return fields.count - 1 == target ? change : nil
  }

  mutating func integer(
    _ value: inout Int64, _ name: String, in range: ClosedRange<Int64>
  ) throws(SnapshotError) {
    if case .integer(let change) = note(name, .integer(range)) { value = change(value) }
  }

  mutating func flag(_ value: inout Bool, _ name: String) throws(SnapshotError) {
    if case .flag = note(name, .flag) { value.toggle() }
  }

  mutating func text(
    _ value: inout String, _ name: String, _ form: TextForm
  ) throws(SnapshotError) {
    if case .text(let change) = note(name, .text(form)) { value = change(value) }
  }

  mutating func digest(_ value: inout Digest, _ name: String) throws(SnapshotError) {
    if case .digest = note(name, .digest) { value = .sha256(of: value.bytes) }
  }

  mutating func count(
    _ value: inout Int, _ name: String, in range: ClosedRange<Int>
  ) throws(SnapshotError) {
    if case .count(let change) = note(name, .count(range)) { value = change(value) }
  }

  mutating func enter(_ name: String, _ index: Int?) {
    let base = path[path.count - 1]
    path.append((base.isEmpty ? name : "\(base).\(name)") + (index.map { "[\($0)]" } ?? ""))
  }

  mutating func leave() {
    path.removeLast()
  }
}

extension SnapshotError {
  /// The path and rule of a field that breaks one.
  var broken: (path: String, rule: SnapshotRule)? {
    guard case .invalid(let path, let rule) = self else { return nil }
    return (path, rule)
  }
}

/// Why a draft is not sound, or nil.
func error(of draft: SnapshotDraft) -> SnapshotError? {
  do {
    _ = try RiskSnapshot(draft)
    return nil
  } catch {
    return error
  }
}
