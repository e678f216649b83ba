internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import TransparencyLog

/// `solvency log verify`
struct LogVerify: Verb {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check a receipt, or a checkpoint alone, with nothing but public keys.",
    discussion: """
      A receipt is checked for an entry: the one that it carries as extra data, as receipts of `admit` do, or one which \
      you have from elsewhere, its bytes or its hash. Exits 2 if the log has not \
      signed, the witnesses that you ask for have not cosigned, or the entry is not there.

        solvency log verify 41.tlog-proof --entry order.bin \\
          --log log.vkey
        solvency log verify site/checkpoint --policy policy.txt
      """)

  @Argument(help: "The receipt or the checkpoint.", completion: .file(extensions: ["tlog-proof"]))
  var file: String

  @Option(help: "A file whose bytes are the entry.")
  var entry: String?

  @Option(help: "The entry's hash, SHA-256 of a zero byte and the entry, in base 64. Instead of --entry.")
  var leaf: String?

  @OptionGroup var trust: TrustOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard entry == nil || leaf == nil else { throw ValidationError("Give --entry or --leaf, not both.") }
  }

  func perform() throws -> Report {
    let policy = try trust.load()
    let leaf = try leafHash()
    let bytes = try InputFile.read(file, limit: LogProof.fileByteLimit, as: .receipt, .checkpoint)
    if leaf == nil, let proof = try? LogProof(decoding: bytes) {
      guard let entry = proof.extra else {
        throw ToolFailure(
          .usage, "--entry",
          "is needed for a receipt that carries no entry: the bytes of the entry, or --leaf, their hash")
      }
      return try report(proof, of: .leaf(entry), under: policy, carries: true)
    }
    guard let leaf else {
      let witnessed = try ToolFailure.wrapping(file, bytes, as: .receipt, .checkpoint) {
        try policy.verify(SignedCheckpoint(decoding: $0))
      }
      return report(
        "\(witnessed.checkpoint.head.size) entries of \(witnessed.checkpoint.origin)", [], witnessed)
    }
    let proof = try ToolFailure.wrapping(file, bytes, as: .receipt) { try LogProof(decoding: $0) }
    return try report(proof, of: leaf, under: policy, carries: false)
  }

  private func report(
    _ proof: LogProof, of leaf: MerkleHash, under policy: TrustPolicy, carries: Bool
  ) throws(ToolFailure) -> Report {
    let witnessed = try ToolFailure.wrapping(file) { try proof.verify(leaf: leaf, under: policy) }
    let head = witnessed.checkpoint.head
    return report(
      "entry \(proof.index) of the \(head.size) in \(witnessed.checkpoint.origin)"
        + (carries ? ", the one that it carries" : ""),
      [
        JSONMember("index", .integer(proof.index)),
        JSONMember("extra", proof.extra.map { .base64($0) } ?? .null),
      ], witnessed)
  }

  private func report(_ what: String, _ members: [JSONMember], _ witnessed: WitnessedCheckpoint) -> Report {
    let cosigned = Report.cosigned(witnessed)
    return Report(
      text: (["\(file): \(what)"] + cosigned.lines).joined(separator: "\n"),
      data: .object(members + Report.members(witnessed.checkpoint) + [cosigned.member]))
  }

  private func leafHash() throws(ToolFailure) -> MerkleHash? {
    if let leaf {
      guard let hash = MerkleHash(leaf) else {
        throw ToolFailure(.usage, "--leaf", "is not 32 bytes in base 64")
      }
      return hash
    }
    return try entry.map { path throws(ToolFailure) in
      MerkleHash.leaf(try InputFile.read(path, limit: Int(UInt16.max)))
    }
  }
}
