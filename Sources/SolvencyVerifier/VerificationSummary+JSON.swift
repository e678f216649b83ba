public import CanonicalBytes
internal import MarginRules
public import Solvency

extension VerificationSummary {
  /// The largest summary file that is read, in bytes.
  public static let fileByteLimit = 16 << 20
  private static let version: Int64 = 1
  private static let inputLimit = 1 << 16
  private static let textLimit = 4096
  private static let counts: ClosedRange<UInt64> = 0...UInt64(Int64.max)

  /// The summary as data; ``init(json:)`` reads it.
  public var json: JSONValue {
    [
      "version": .integer(Self.version),
      "terms": terms.json,
      "inputs": .array(
        inputs.map {
          ["name": .string($0.name), "sha256": .hex($0.digest.bytes), "count": .integer($0.count)]
        }),
      "count": .integer(count), "accepted": .integer(accepted), "rejected": .integer(rejected),
      "malformed": .integer(malformed), "repeated": .integer(repeated),
      "reasons": .object(
        reasons.sorted { $0.key < $1.key }.map { JSONMember($0.key, .integer($0.value)) }),
      "snapshots": .object(
        snapshots.map { JSONMember($0.key.description, .integer($0.value)) }.sorted { $0.key < $1.key }),
      "issuedFrom": issuedFrom.map { .integer($0.seconds) } ?? .null,
      "issuedTo": issuedTo.map { .integer($0.seconds) } ?? .null,
      "milliseconds": .integer(milliseconds),
    ]
  }

  /// Reads a summary file.
  ///
  /// - Throws: ``Solvency/FileError``, also where the counts contradict each other.
  public init(json bytes: [UInt8]) throws(FileError) {
    do throws(DocumentError) {
      try self.init(JSONDocument.parse(bytes, maximumBytes: Self.fileByteLimit))
    } catch {
      throw FileError(error)
    }
  }

  private init(_ node: JSONNode) throws(DocumentError) {
    let members = try node.object(
      version: Self.version,
      required: [
        "terms", "inputs", "count", "accepted", "rejected", "malformed", "repeated", "reasons", "snapshots",
        "issuedFrom", "issuedTo", "milliseconds",
      ])
    func number(_ key: String) throws(DocumentError) -> Int {
      Int(try members[key].unsigned(in: Self.counts))
    }
    func moment(_ key: String) throws(DocumentError) -> Timestamp? {
      try members[key].unlessNull.map { node throws(DocumentError) in Timestamp(seconds: try node.unsigned())
      }
    }
    self.init(under: try Terms(try members["terms"]))
    for node in try members["inputs"].array(maximumCount: Self.inputLimit) {
      let input = try node.object(required: ["name", "sha256", "count"])
      inputs.append(
        Input(
          name: try input["name"].string(maximumLength: Self.textLimit), digest: try input["sha256"].digest(),
          count: Int(try input["count"].unsigned(in: Self.counts))))
    }
    accepted = try number("accepted")
    rejected = try number("rejected")
    malformed = try number("malformed")
    repeated = try number("repeated")
    milliseconds = try members["milliseconds"].unsigned()
    (issuedFrom, issuedTo) = (try moment("issuedFrom"), try moment("issuedTo"))
    for entry in try members["reasons"].entries(maximumCount: 64) {
      reasons[entry.key] = Int(try entry.node.unsigned(in: Self.counts))
    }
    for entry in try members["snapshots"].entries(maximumCount: Self.inputLimit) {
      guard let digest = Digest(hex: entry.key) else { throw entry.node.failure(.notHexadecimal) }
      snapshots[digest] = Int(try entry.node.unsigned(in: Self.counts))
    }
    // What adds up must: a summary that was edited by hand is not one.
    let stated = try members["count"]
    let sums = [
      (Self.sum([accepted, rejected, malformed]), try number("count")),
      (Self.sum(Array(reasons.values)), Self.sum([rejected, malformed])),
      (Self.sum(Array(snapshots.values)), accepted),
    ]
    for (sum, total) in sums where sum == nil || sum != total {
      throw stated.failure(
        .outOfRange(
          "\(total.map(String.init) ?? "a count")", lower: sum.map(String.init) ?? "0",
          upper: sum.map(String.init) ?? "\(Int64.max)"))
    }
    guard repeated <= accepted else {
      throw try members["repeated"].failure(.outOfRange("\(repeated)", lower: "0", upper: "\(accepted)"))
    }
  }

  /// The sum, nil if it does not fit.
  private static func sum(_ counts: [Int]) -> Int? {
    var total = 0
    for count in counts {
      let (sum, overflow) = total.addingReportingOverflow(count)
      guard !overflow else { return nil }
      total = sum
    }
    return total
  }
}

extension VerificationSummary.Terms {
  fileprivate var json: JSONValue {
    [
      "at": .string(moment.rawValue),
      "now": now.map { .integer($0.seconds) } ?? .null,
      "audience": audience?.json ?? .null,
      "nonce": nonce.map { .hex($0.bytes) } ?? .null,
      "kind": kind.map { .string($0.rawValue) } ?? .null,
      "clockSkew": .integer(clockSkew),
      "greatestWindow": greatestWindow.map { .integer($0) } ?? .null,
      "snapshotGrace": .integer(snapshotGrace),
      "circuits": .array(circuits.map { .hex($0.bytes) }),
      "isBound": .bool(isBound),
    ]
  }

  fileprivate init(_ node: JSONNode) throws(DocumentError) {
    let members = try node.object(required: [
      "at", "now", "audience", "nonce", "kind", "clockSkew", "greatestWindow", "snapshotGrace", "circuits",
      "isBound",
    ])
    var circuits: [Digest] = []
    for node in try members["circuits"].array(maximumCount: 1 << 12) { circuits.append(try node.digest()) }
    self.init(
      moment: try members["at"].word(),
      now: try members["now"].unlessNull.map { node throws(DocumentError) in
        Timestamp(seconds: try node.unsigned())
      },
      audience: try members["audience"].unlessNull.map { node throws(DocumentError) in try Audience(node) },
      nonce: try members["nonce"].unlessNull.map { node throws(DocumentError) in Nonce(try node.bytes32()) },
      kind: try members["kind"].unlessNull.map { node throws(DocumentError) in try node.word(MarginKind.self)
      },
      clockSkew: try members["clockSkew"].unsigned(),
      greatestWindow: try members["greatestWindow"].unlessNull.map { node throws(DocumentError) in
        try node.unsigned()
      },
      snapshotGrace: try members["snapshotGrace"].unsigned(), circuits: circuits,
      isBound: try members["isBound"].bool())
  }
}
