public import CanonicalBytes
internal import ProofCore
internal import Ristretto
public import Solvency
internal import TransparencyLog

extension PartialAudit {
  private static let keys = [
    "roll", "start", "end", "subtrees", "sum", "solvent", "bounded", "opened", "shortfall", "first",
    "firstName",
    "last", "findingCount", "findings",
  ]

  /// Every field, after its domain. That of a part of a roll without bands is
  /// `solvency/roll/partial-audit/v1`, and nothing is said of bands.
  public var canonicalBytes: [UInt8] {
    var writer = CanonicalWriter(
      domain: bands.isEmpty ? "solvency/roll/partial-audit/v1" : "solvency/roll/partial-audit/v2")
    writer.append(roll)
    writer.append(entries.start)
    writer.append(entries.end)
    writer.append(UInt32(entries.subtrees.count))
    for subtree in entries.subtrees { writer.append(fixed: subtree.hash.bytes) }
    writer.append(fixed: sum.encoded.bytes)
    for count in counts { writer.append(count) }
    if !bands.isEmpty {
      writer.append(UInt32(bands.count))
      for count in bands { writer.append(count) }
    }
    writer.append(UInt64(truncatingIfNeeded: shortfall))
    writer.append(UInt64(truncatingIfNeeded: shortfall >> 64))
    for field in [first?.bytes, firstName?.digest.bytes, last?.bytes] { writer.append(text: field ?? []) }
    writer.append(findingCount)
    writer.append(UInt32(findings.count))
    for finding in findings {
      writer.append(finding.entry)
      writer.append(text: finding.name?.digest.bytes ?? [])
      writer.append(text: Array(finding.fault.code.utf8))
    }
    return writer.bytes
  }

  /// The content as it stands in a file.
  public var json: JSONValue {
    let bands = JSONMember("bands", .array(bands.map { .integer($0) }))
    guard case .object(let members) = plainJSON, !self.bands.isEmpty else { return plainJSON }
    return .object(members + [bands])
  }

  private var plainJSON: JSONValue {
    [
      "version": .integer(VersionedFile.version), "roll": .hex(roll.bytes), "start": .integer(entries.start),
      "end": .integer(entries.end), "subtrees": .array(entries.subtrees.map { .hex($0.hash.bytes) }),
      "sum": .hex(sum.encoded.bytes), "solvent": .integer(count(of: .solvent)),
      "bounded": .integer(count(of: .bounded)), "opened": .integer(count(of: .opened)),
      "shortfall": .string(String(shortfall)), "first": first.map { .hex($0.bytes) } ?? .null,
      "firstName": firstName.map { .hex($0.digest.bytes) } ?? .null,
      "last": last.map { .hex($0.bytes) } ?? .null,
      "findingCount": .integer(findingCount), "findings": .array(findings.map(\.json)),
    ]
  }

  /// Reads the content as it stands in a file.
  ///
  /// - Throws: ``FileError``.
  public init(_ node: JSONNode) throws(FileError) {
    let file = try VersionedFile(node, keys: Self.keys, optional: ["bands"])
    let start = try file.word("start")
    let end = try file.read("end") { node throws(DocumentError) in
      try node.unsigned(in: start...max(start, RollHeader.accountLimit + 1))
    }
    let entries = try file.read("subtrees") { node throws(DocumentError) in
      var hashes: [MerkleHash] = []
      for element in try node.array(maximumCount: SubtreeRange.hashLimit) {
        guard let hash = MerkleHash(try element.bytes(hexOfCount: 32)) else {
          throw element.failure(.notHexadecimal)
        }
        hashes.append(hash)
      }
      guard let range = SubtreeRange(from: start, to: end, hashes: hashes) else {
        throw node.failure(.tooLong(count: hashes.count, limit: SubtreeRange.hashLimit))
      }
      return range
    }
    self.init(of: try file.digest("roll"), from: start, bandCount: 0)
    self.entries = entries
    guard let point = try? EncodedPoint(file.bytes32("sum")), let sum = try? VectorCommitment(decoding: point)
    else {
      throw .undecodablePoint(path: "sum")
    }
    self.sum = sum
    counts = []
    for accountClass in AccountClass.allCases {
      let read = counts.reduce(0, +)
      counts.append(
        try file.read(accountClass.name) { node throws(DocumentError) in
          try node.unsigned(in: 0...(end - start - read))
        })
    }
    let solvent = count(of: .solvent)
    bands =
      try file.readIfPresent("bands") { node throws(DocumentError) -> [UInt64] in
        let elements = try node.array(maximumCount: RollHeader.bandLimit + 1)
        guard elements.count > 1 else {
          throw node.failure(
            .outOfRange("\(elements.count) bands", lower: "2", upper: "\(RollHeader.bandLimit + 1)"))
        }
        var (bands, left): ([UInt64], UInt64) = ([], solvent)
        for element in elements {
          bands.append(try element.unsigned(in: 0...left))
          left -= bands[bands.count - 1]
        }
        return bands
      } ?? []
    shortfall = try file.read("shortfall") { node throws(DocumentError) in
      let text = try node.string(maximumLength: 39)
      guard let value = UInt128(text), String(value) == text, value >> 96 == 0 else {
        throw node.failure(.notAnInteger(text))
      }
      return value
    }
    func optional(_ key: String) throws(FileError) -> [UInt8]? {
      try file.read(key) { node throws(DocumentError) in try node.unlessNull?.bytes(hexOfCount: 32) }
    }
    first = try optional("first").flatMap { try? EncodedPoint($0) }
    firstName = try optional("firstName").flatMap { Digest($0) }.map { BlindedName($0) }
    last = try optional("last").flatMap { try? EncodedPoint($0) }
    findingCount = try file.read("findingCount") { node throws(DocumentError) in
      try node.unsigned(in: 0...2 * (end - start))
    }
    findings = try file.read("findings") { node throws(DocumentError) in
      try node.array(maximumCount: Self.findingLimit).map { element throws(DocumentError) in
        try RollFinding(element)
      }
    }
    guard findingCount >= findings.count else { throw .invalidName(path: "findingCount", .notPrintable) }
  }
}

extension RollFinding {
  var json: JSONValue {
    [
      "entry": .integer(entry), "name": name.map { .hex($0.digest.bytes) } ?? .null,
      "fault": .string(fault.code),
    ]
  }

  init(_ node: JSONNode) throws(DocumentError) {
    let members = try node.object(required: ["entry", "name", "fault"])
    let code = try members["fault"].string(maximumLength: 80)
    guard let fault = RollFault(code: code) else {
      throw try members["fault"].failure(.unknownWord(code, known: []))
    }
    let name = try members["name"].unlessNull
    self.init(
      entry: try members["entry"].unsigned(),
      name: try name.map { name throws(DocumentError) in
        BlindedName(try name.digest())
      }, fault: fault)
  }
}
