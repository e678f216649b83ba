public import JSONDocuments
public import MarketData

/// Everything that is needed besides the market to compute a snapshot again (M38, M67).
public struct PublicationRecord: Hashable, Sendable {
  /// The one version of the file.
  public static let version: Int64 = 1
  /// The most bytes of a record.
  public static let documentBytes = 32 << 20

  /// The digest of the snapshot.
  public var snapshot: Digest
  /// The digest of the snapshot before it.
  public var previous: Digest
  /// The configuration.
  public var configuration: EngineConfiguration
  /// What the engine remembered before.
  public var state: EngineState
  /// The digests of what it read.
  public var inputs: [InputDigest]
  /// The instant, in seconds since 1970.
  public var time: Int64
  /// The public randomness.
  public var beacon: Digest
  /// The probability that depth dries up times its coefficient.
  public var drought: Double

  /// The record of a publication.
  ///
  /// - Parameter state: what the engine remembered before it.
  public init(
    of publication: Publication, configuration: EngineConfiguration, state: EngineState,
    drought: Double = 0
  ) {
    snapshot = publication.snapshot.digest
    previous = publication.snapshot.prevHash
    self.configuration = configuration
    self.state = state
    inputs = publication.inputs
    time = publication.snapshot.validFrom
    beacon = publication.snapshot.beacon
    self.drought = drought
  }

  /// The record as JSON; ``init(json:)`` gives it back.
  public var json: JSONValue {
    [
      "version": .integer(Self.version), "snapshot": .hex(snapshot.bytes),
      "previous": .hex(previous.bytes), "time": .integer(time), "beacon": .hex(beacon.bytes),
      "drought": .hex((0..<8).map { UInt8(truncatingIfNeeded: drought.bitPattern >> (56 - 8 * $0)) }),
      "inputs": .array(inputs.map { ["name": .string($0.name), "digest": .hex($0.digest.bytes)] }),
      "configuration": configuration.json, "state": state.json,
    ]
  }

  /// Reads a record.
  public init(json bytes: [UInt8]) throws(DocumentError) {
    let object = try JSONDocument.parse(bytes, maximumBytes: Self.documentBytes).object(
      required: [
        "version", "snapshot", "previous", "time", "beacon", "drought", "inputs", "configuration",
        "state",
      ])
    _ = try object["version"].integer(in: Self.version...Self.version)
    snapshot = try Self.digest(object["snapshot"])
    previous = try Self.digest(object["previous"])
    time = try object["time"].integer(in: SnapshotLimits.times)
    beacon = try Self.digest(object["beacon"])
    drought = Double(
      bitPattern: try object["drought"].bytes(hexOfCount: 8).reduce(0) { $0 << 8 | UInt64($1) })
    inputs = []
    for node in try object["inputs"].array(maximumCount: 1 << 16) {
      let input = try node.object(required: ["name", "digest"])
      inputs.append(
        InputDigest(
          name: try input["name"].string(maximumLength: 1_024),
          digest: try Self.digest(input["digest"])))
    }
    configuration = try EngineConfiguration(object["configuration"])
    state = try EngineState(object["state"])
  }

  private static func digest(_ node: JSONNode) throws(DocumentError) -> Digest {
    Digest(try node.bytes(hexOfCount: Digest.byteCount)) ?? .zero
  }
}

/// What computing a snapshot again came to.
public enum Reexecution: Hashable, Sendable {
  /// The same bytes.
  case identical
  /// What is read now is not what was read then; the name of the first input that differs.
  case inputDiffers(String)
  /// The first field that differs, the value in the snapshot that was published and the one that was computed.
  case fieldDiffers(path: String, published: String, computed: String)
  /// The snapshot is not the one that the record names.
  case otherSnapshot
  /// The engine fails on these inputs.
  case fails(PublicationError)
}

extension PublicationRecord {
  /// Computes a snapshot again and compares it with the one that was published.
  ///
  /// - Parameters:
  ///   - market: the market as it is known now; it may have grown.
  ///   - snapshot: what was published.
  public func reexecute(_ market: Market, published snapshot: RiskSnapshot) -> Reexecution {
    guard snapshot.digest == self.snapshot else { return .otherSnapshot }
    var ledger = InputLedger()
    let read = ledger.digests(of: market, market.upTo(time))
    if read != inputs {
      let changed = zip(read, inputs).first { $0 != $1 }?.1
      let longer = read.count > inputs.count ? read : inputs
      let extra = longer[min(read.count, inputs.count)...].first
      return .inputDiffers(changed?.name ?? extra?.name ?? "")
    }
    let publication: Publication
    do throws(PublicationError) {
      let engine = try SnapshotPublisher(
        market: market, configuration: configuration, tracing: .none)
      publication = try engine.publish(
        at: time, state: state, previous: previous, beacon: beacon, drought: drought,
        ledger: &ledger)
    } catch {
      return .fails(error)
    }
    guard publication.snapshot != snapshot else { return .identical }
    let (a, b) = (SnapshotFieldList(snapshot), SnapshotFieldList(publication.snapshot))
    for (one, other) in zip(a.fields, b.fields) where one != other {
      return .fieldDiffers(
        path: one.path, published: one.value,
        computed: one.path == other.path ? other.value : "-")
    }
    return .fieldDiffers(
      path: "", published: "\(a.fields.count) fields", computed: "\(b.fields.count) fields")
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
