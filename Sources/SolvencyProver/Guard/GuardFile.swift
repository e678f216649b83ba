public import CanonicalBytes
public import MarginRules
internal import Solvency

extension SnapshotGuard {
  /// The largest guard file that is read, in bytes.
  public static let fileByteLimit = 64 << 20
  private static let questionLimit = 1 << 17
  /// Version 1 did not say which account a question was about.
  private static let version: Int64 = 2

  /// The guard as a file, which only the trader needs:
  ///
  ///     {"version": 2, "policy": {"priceMovePpm": 250000, "limitMovePpm": 100000,
  ///      "questionsPerWindow": 12, "windowSeconds": 86400}, "accepted": <a snapshot> or null,
  ///      "questions": [{"account": "desk-7", "time": 1770000000, "circuit": <64 hex digits>,
  ///      "snapshot": <64 hex digits>, "kind": "initial", "sequence": 0}]}
  public func encoded() -> [UInt8] {
    let questions = questions.map { question -> JSONValue in
      [
        "account": .string(question.account.description), "time": .integer(question.time),
        "circuit": .hex(question.circuit.bytes),
        "snapshot": .hex(question.snapshot.bytes), "kind": .string(question.kind.rawValue),
        "sequence": .integer(question.sequence),
      ]
    }
    let json: JSONValue = [
      "version": .integer(Self.version),
      "policy": [
        "priceMovePpm": .integer(policy.priceMovePpm),
        "limitMovePpm": .integer(policy.limitMovePpm),
        "questionsPerWindow": .integer(policy.questionsPerWindow),
        "windowSeconds": .integer(policy.windowSeconds),
      ],
      "accepted": accepted?.json ?? .null,
      "questions": .array(questions),
    ]
    return json.encoded(.indented)
  }

  /// Reads a file written by ``encoded()``.
  public init(decoding file: [UInt8]) throws(GuardFileError) {
    do {
      let node = try JSONDocument.parse(file, maximumBytes: Self.fileByteLimit)
      guard try node.version(in: 1...Self.version) != 1 else { throw GuardFileError.withoutAccounts }
      let object = try node.object(
        version: Self.version, required: ["policy", "accepted", "questions"])
      self.init(
        policy: try Self.policy(object["policy"]),
        accepted: try object["accepted"].unlessNull.map { try RiskSnapshot($0) },
        questions: try object["questions"].array(maximumCount: Self.questionLimit).map {
          try Self.question($0)
        })
    } catch let error as GuardFileError {
      throw error
    } catch let error as DocumentError {
      throw error.unsupportedVersion.map { .unsupportedVersion($0) } ?? .document(error)
    } catch let error as SnapshotError {
      throw .snapshot(error)
    } catch {
      throw .malformed
    }
  }

  private static func policy(_ node: JSONNode) throws(DocumentError) -> GuardPolicy {
    let object = try node.object(
      required: ["priceMovePpm", "limitMovePpm", "questionsPerWindow", "windowSeconds"])
    return GuardPolicy(
      priceMovePpm: try object["priceMovePpm"].integer(in: 0...Int64.max),
      limitMovePpm: try object["limitMovePpm"].integer(in: 0...Int64.max),
      questionsPerWindow: Int(
        try object["questionsPerWindow"].integer(in: 0...Int64(questionLimit))),
      windowSeconds: try object["windowSeconds"].unsigned())
  }

  private static func question(_ node: JSONNode) throws -> Question {
    let object = try node.object(required: ["account", "time", "circuit", "snapshot", "kind", "sequence"])
    guard let circuit = Digest(try object["circuit"].bytes(hexOfCount: Digest.byteCount)),
      let snapshot = Digest(try object["snapshot"].bytes(hexOfCount: Digest.byteCount)),
      let account = try? AccountID(object["account"].string(maximumLength: AccountID.byteLimit))
    else { throw GuardFileError.malformed }
    return Question(
      about: account, time: try object["time"].unsigned(), circuit: circuit, snapshot: snapshot,
      kind: try object["kind"].word(), sequence: try object["sequence"].unsigned())
  }
}

/// Why a guard file is refused.
public enum GuardFileError: Error, Hashable, Sendable {
  /// The file is not strict JSON of its form; the error says where.
  case document(DocumentError)
  /// The snapshot in it is not sound.
  case snapshot(SnapshotError)
  /// The file has a version that this library does not read.
  case unsupportedVersion(Int64)
  /// The file is of version 1, which did not say whose questions it answered.
  case withoutAccounts
  /// A digest or an account is not one.
  case malformed
}
