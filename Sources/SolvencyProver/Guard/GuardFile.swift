public import CanonicalBytes
public import MarginRules
internal import Solvency

extension SnapshotGuard {
  /// The largest guard file that is read, in bytes.
  public static let fileByteLimit = 64 << 20
  private static let questionLimit = 1 << 17
  private static let circuitLimit = 1 << 10
  /// Version 1 did not say which account a question was about; version 2 nothing of circuits, orders and the
  /// market.
  private static let version: Int64 = 3

  /// The guard as a file, which only the trader needs:
  ///
  ///     {"version": 3, "policy": {"priceMovePpm": 250000, "limitMovePpm": 100000, "marketMovePpm": 1000000,
  ///      "questionsPerWindow": 12, "windowSeconds": 86400}, "circuits": [<64 hex digits>],
  ///      "accepted": <a snapshot> or null,
  ///      "questions": [{"account": "desk-7", "time": 1770000000, "circuit": <64 hex digits>,
  ///      "snapshot": <64 hex digits>, "kind": "initial", "sequence": 0, "order": <64 hex digits> or null}]}
  public func encoded() -> [UInt8] {
    let questions = questions.map { question -> JSONValue in
      [
        "account": .string(question.account.description), "time": .integer(question.time),
        "circuit": .hex(question.circuit.bytes),
        "snapshot": .hex(question.snapshot.bytes), "kind": .string(question.kind.rawValue),
        "sequence": .integer(question.sequence), "order": question.order.map { .hex($0.bytes) } ?? .null,
      ]
    }
    let json: JSONValue = [
      "version": .integer(Self.version),
      "policy": [
        "priceMovePpm": .integer(policy.priceMovePpm),
        "limitMovePpm": .integer(policy.limitMovePpm),
        "marketMovePpm": .integer(policy.marketMovePpm),
        "questionsPerWindow": .integer(policy.questionsPerWindow),
        "windowSeconds": .integer(policy.windowSeconds),
      ],
      "circuits": .array(circuits.map(\.bytes).sorted { $0.lexicographicallyPrecedes($1) }.map { .hex($0) }),
      "accepted": accepted?.json ?? .null,
      "questions": .array(questions),
    ]
    return json.encoded(.indented)
  }

  /// Reads a file written by ``encoded()``, or by version 2 of it.
  ///
  /// - Throws: ``GuardFileError``.
  public init(decoding file: [UInt8]) throws(GuardFileError) {
    do {
      let node = try JSONDocument.parse(file, maximumBytes: Self.fileByteLimit)
      let version = try node.version(in: 1...Self.version)
      guard version != 1 else { throw GuardFileError.withoutAccounts }
      let isOld = version == 2
      let object = try node.object(
        version: version, required: ["policy", "accepted", "questions"] + (isOld ? [] : ["circuits"]))
      let questions = try object["questions"].array(maximumCount: Self.questionLimit).map {
        try Self.question($0, isOld: isOld)
      }
      // A guard of version 2 goes on under the circuits that it answered under.
      let circuits =
        isOld
        ? questions.map(\.circuit)
        : try object["circuits"].array(maximumCount: Self.circuitLimit).map { try $0.digest() }
      self.init(
        policy: try Self.policy(object["policy"], isOld: isOld), circuits: Set(circuits),
        accepted: try object["accepted"].unlessNull.map { try RiskSnapshot($0) },
        questions: questions)
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

  private static func policy(_ node: JSONNode, isOld: Bool) throws(DocumentError) -> GuardPolicy {
    let keys = ["priceMovePpm", "limitMovePpm", "questionsPerWindow", "windowSeconds"]
    let object = try node.object(required: isOld ? keys : keys + ["marketMovePpm"])
    return GuardPolicy(
      priceMovePpm: try object["priceMovePpm"].integer(in: 0...Int64.max),
      limitMovePpm: try object["limitMovePpm"].integer(in: 0...Int64.max),
      marketMovePpm: isOld
        ? GuardPolicy.standard.marketMovePpm : try object["marketMovePpm"].integer(in: 0...Int64.max),
      questionsPerWindow: Int(
        try object["questionsPerWindow"].integer(in: 0...Int64(questionLimit))),
      windowSeconds: try object["windowSeconds"].unsigned())
  }

  private static func question(_ node: JSONNode, isOld: Bool) throws -> Question {
    let keys = ["account", "time", "circuit", "snapshot", "kind", "sequence"]
    let object = try node.object(required: isOld ? keys : keys + ["order"])
    let order =
      isOld ? nil : try object["order"].unlessNull.map { try $0.bytes(hexOfCount: Digest.byteCount) }
    guard let circuit = Digest(try object["circuit"].bytes(hexOfCount: Digest.byteCount)),
      let snapshot = Digest(try object["snapshot"].bytes(hexOfCount: Digest.byteCount)),
      let account = try? AccountID(object["account"].string(maximumLength: AccountID.byteLimit))
    else { throw GuardFileError.malformed }
    return Question(
      about: account, time: try object["time"].unsigned(), circuit: circuit, snapshot: snapshot,
      kind: try object["kind"].word(), sequence: try object["sequence"].unsigned(),
      order: order.flatMap { Digest($0) })
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
