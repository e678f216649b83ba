public import CanonicalBytes
public import MarginRules

/// Everything that is needed besides the market to compute a snapshot again (M38, M67).
public struct PublicationRecord: Hashable, Sendable {
  /// The one version of the file.
  public static let version: Int64 = 2
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
  /// What was published beside the snapshot.
  public var terms: PublishedTerms
  /// What was found in the market's data; nil where nobody looked.
  public var quality: MarketReport?
  /// The last good snapshot, if the engine failed and the snapshot is its fallback.
  public var lastGood: RiskSnapshot?

  /// The record of a publication.
  ///
  /// - Parameters:
  ///   - state: what the engine remembered before it.
  ///   - quality: what was found in the market's data.
  public init(
    of publication: Publication, configuration: EngineConfiguration, state: EngineState,
    quality: MarketReport? = nil
  ) {
    snapshot = publication.snapshot.digest
    previous = publication.snapshot.prevHash
    self.configuration = configuration
    self.state = state
    inputs = publication.inputs
    time = publication.snapshot.validFrom
    beacon = publication.snapshot.beacon
    terms = publication.terms
    self.quality = quality
    lastGood = publication.lastGood
  }

  /// The record as JSON; ``init(json:)`` gives it back.
  public var json: JSONValue {
    [
      "version": .integer(Self.version), "snapshot": .hex(snapshot.bytes),
      "previous": .hex(previous.bytes), "time": .integer(time), "beacon": .hex(beacon.bytes),
      "inputs": .array(inputs.map { ["name": .string($0.name), "digest": .hex($0.digest.bytes)] }),
      "terms": terms.json, "quality": quality?.json ?? .null, "lastGood": lastGood?.json ?? .null,
      "configuration": configuration.json, "state": state.json,
    ]
  }

  /// Reads a record.
  ///
  /// - Throws: `DocumentError` with the place of what is malformed.
  public init(json bytes: [UInt8]) throws(DocumentError) {
    let object = try JSONDocument.parse(bytes, maximumBytes: Self.documentBytes).object(
      version: Self.version,
      required: [
        "snapshot", "previous", "time", "beacon", "inputs", "terms", "quality", "lastGood",
        "configuration", "state",
      ])
    snapshot = try object["snapshot"].digest()
    previous = try object["previous"].digest()
    time = try object["time"].integer(in: SnapshotLimits.times)
    beacon = try object["beacon"].digest()
    inputs = []
    for node in try object["inputs"].array(maximumCount: 1 << 16) {
      let input = try node.object(required: ["name", "digest"])
      inputs.append(
        InputDigest(
          name: try input["name"].string(maximumLength: 1_024),
          digest: try input["digest"].digest()))
    }
    terms = try PublishedTerms(object["terms"])
    quality = nil
    if let node = try object["quality"].unlessNull { quality = try MarketReport(node) }
    lastGood = nil
    if let node = try object["lastGood"].unlessNull { lastGood = try Self.snapshot(node) }
    configuration = try EngineConfiguration(object["configuration"])
    state = try EngineState(object["state"])
  }

  private static func snapshot(_ node: JSONNode) throws(DocumentError) -> RiskSnapshot {
    do throws(SnapshotError) {
      return try RiskSnapshot(node)
    } catch {
      throw node.failure(.unknownWord("\(error)", known: ["a sound snapshot"]))
    }
  }
}
