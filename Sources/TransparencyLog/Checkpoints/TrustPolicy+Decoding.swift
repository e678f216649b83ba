extension TrustPolicy {
  /// The largest policy file that is read, in bytes.
  public static let fileByteLimit = 1 << 18

  /// Reads a policy file:
  ///
  ///     log <vkey> [<url>]
  ///     witness <name> <vkey> [<url>]
  ///     group <name> all|any|<k> <name>…
  ///     quorum <name>|none
  ///
  /// One line each; lines that begin with `#` and empty ones are skipped. Names are defined above their use,
  /// and each is a member of at most one group.
  ///
  /// - Throws: ``TrustPolicyError``.
  public init(decoding file: [UInt8]) throws(TrustPolicyError) {
    guard file.count <= Self.fileByteLimit,
      !file.contains(where: { $0 < 0x20 && $0 != 0x09 && $0 != 0x0A || $0 == 0x7F })
    else { throw .notAPolicy }
    var reader = Reader()
    for (index, line) in file.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      let fields = line.split { $0 == 0x20 || $0 == 0x09 }
      guard let first = fields.first?.first, first != UInt8(ascii: "#") else { continue }
      try reader.read(fields, line: index + 1)
    }
    guard reader.quorums.count == 1 else { throw .quorumCount(reader.quorums.count) }
    self.init(
      logs: reader.builder.logs, witnesses: reader.builder.witnesses, quorum: reader.quorums[0])
  }

  private struct Reader {
    var builder = TrustPolicyBuilder()
    var quorums: [Quorum] = []
    /// Witnesses and groups so far.
    private var defined: [ExactText: Quorum] = [:]
    private var members: Set<ExactText> = []

    mutating func read(_ fields: [ArraySlice<UInt8>], line: Int) throws(TrustPolicyError) {
      switch (String(decoding: fields[0], as: UTF8.self), fields.count) {
      case ("log", 2...3):
        try builder.add(log: Self.key(fields[1], line))
      case ("witness", 3...4):
        let name = try define(fields[1], line)
        try builder.add(Witness(name: name, key: Self.key(fields[2], line)))
        defined[name] = .witness(name)
      case ("group", 4...):
        let name = try define(fields[1], line)
        var group: [Quorum] = []
        for field in fields[3...] { group.append(try member(field, line)) }
        let threshold: Int
        switch String(decoding: fields[2], as: UTF8.self) {
        case "all": threshold = group.count
        case "any": threshold = 1
        default:
          guard let number = Digits.decimal(fields[2]) else { throw .malformedLine(line) }
          guard (1...UInt64(group.count)).contains(number) else {
            throw .threshold(Int(number), of: group.count)
          }
          threshold = Int(number)
        }
        defined[name] = .group(threshold: threshold, members: group)
      case ("quorum", 2):
        let name = try Self.name(fields[1], line)
        if name == "none" {
          quorums.append(.none)
        } else {
          guard let quorum = defined[name] else { throw .undefinedName(name) }
          quorums.append(quorum)
        }
      default: throw .malformedLine(line)
      }
    }

    private func define(_ field: ArraySlice<UInt8>, _ line: Int) throws(TrustPolicyError) -> ExactText {
      let name = try Self.name(field, line)
      guard name != "none", defined[name] == nil else { throw .duplicateName(name) }
      guard defined.count < 2 * TrustPolicyBuilder.listLimit else {
        throw .tooMany(limit: TrustPolicyBuilder.listLimit)
      }
      return name
    }

    private mutating func member(_ field: ArraySlice<UInt8>, _ line: Int) throws(TrustPolicyError) -> Quorum {
      let name = try Self.name(field, line)
      guard let quorum = defined[name] else { throw .undefinedName(name) }
      guard members.insert(name).inserted else { throw .memberTwice(name) }
      return quorum
    }

    private static func name(_ field: ArraySlice<UInt8>, _ line: Int) throws(TrustPolicyError) -> ExactText {
      guard let name = ExactText(line: field) else { throw .malformedLine(line) }
      return name
    }

    private static func key(_ field: ArraySlice<UInt8>, _ line: Int) throws(TrustPolicyError) -> NoteKey {
      do throws(NoteKeyError) {
        return try NoteKey(decoding: String(decoding: field, as: UTF8.self))
      } catch {
        throw .key(line: line, error)
      }
    }
  }
}
