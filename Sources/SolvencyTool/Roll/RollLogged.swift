internal import Admission
internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import Solvency
internal import TransparencyLog
internal import VenueSolvency

/// `--logged`: the receipt of the entry of the admission log that states a roll.
struct RollLoggedOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      The receipt of the entry of the venue's log that states the roll, as `ledger receipt --entry` wrote it; the log's \
      key is --log-key, its witnesses --witness.
      """, valueName: "receipt"),
    completion: .file(extensions: ["tlog-proof"]))
  var logged: String?

  /// What the receipt shows the venue's log to state: the entry, and how many witnesses have cosigned the
  /// log.
  ///
  /// - Throws: ``ToolFailure`` for a receipt that is not believed, or that is of no roll.
  func read(_ trust: RollTrustOptions) throws(ToolFailure) -> (
    entry: LogEntry, record: SolvencyRollRecord, log: ExactText, cosigned: Int
  )? {
    guard let logged else { return nil }
    let proof = try Documents.read(logged, LogProof.fileByteLimit, as: .receipt) {
      try LogProof(decoding: $0)
    }
    guard let bytes = proof.extra, let entry = try? LogEntry(decoding: bytes), entry.index == proof.index,
      case .solvencyRollPublished(let record) = entry.event
    else {
      throw ToolFailure(
        .refused, logged, "is not a receipt of an entry that states a roll; `ledger status` has its index")
    }
    let policy = try trust.policy(for: proof.checkpoint.unverified.origin)
    let witnessed = try ToolFailure.wrapping(logged) { try proof.verify(leaf: entry.leafHash, under: policy) }
    return (entry, record, proof.checkpoint.unverified.origin, witnessed.cosigned.count)
  }

  /// Why an entry that states another roll than the one at hand says nothing about it: it is of another
  /// number, or of a log that is not shown to be this ledger's. Nil if it is of the same: then there are two
  /// rolls of one number.
  private func mismatch(
    _ record: SolvencyRollRecord, in log: ExactText, with header: RollHeader
  ) -> String? {
    guard record.epoch == header.epoch else {
      return
        "the entry states roll \(record.epoch), and this is roll \(header.epoch); ask for the entry of roll "
        + "\(header.epoch)"
    }
    // A log is named after the first entry of its ledger, which founds it.
    guard let ledger = header.ledger.ledger, log.description.hasSuffix("/\(ledger)") else {
      return
        "the entry is of the log \(log), which is not named after the roll's ledger, \(header.ledger); ask for the "
        + "entry of that ledger's log"
    }
    return nil
  }

  /// Whether the log states the roll as an audit of it came out: lines, the entry, and what differs.
  func objection(
    to judged: JudgedRoll, _ header: RollHeader, _ trust: RollTrustOptions
  ) throws(ToolFailure) -> (lines: [String], index: UInt64?, objection: String?) {
    guard let (entry, record, log, cosigned) = try read(trust) else { return ([], nil, nil) }
    let audit = judged.verdict.audit
    var objection: String?
    if record.header != audit.roll || record.root != judged.witnessed.checkpoint.head.root
      || record.size != judged.witnessed.checkpoint.head.size
    {
      objection =
        mismatch(record, in: log, with: header)
        ?? "the venue's log states another roll as number \(record.epoch), with the root \(record.root)"
    } else if record.audit != Digest.sha256(of: audit.canonicalBytes) || record.counts != audit.counts
      || record.bands != audit.bands || record.shortfall != audit.shortfall
      || record.totals != SolvencyRollRecord.Total.list(judged.exposure.shown)
    {
      objection = "the venue's log states other counts, bands, shortfalls or totals than were found"
    }
    return (
      [
        "  logged     entry \(entry.index) of \(entry.time.text), which "
          + "\(cosigned) witness\(cosigned == 1 ? "" : "es") cosigned"
      ], entry.index, objection
    )
  }

  /// Whether the log states the roll that a trader's receipt is of: one sentence if not.
  func objection(to receipt: RollReceipt, _ trust: RollTrustOptions) throws(ToolFailure) -> (
    index: UInt64?, text: String?
  ) {
    guard let (entry, record, log, _) = try read(trust) else { return (nil, nil) }
    let (header, head) = (receipt.header, receipt.checkpoint.unverified.head)
    guard record.header == receipt.header.digest, record.root == head.root, record.size == head.size else {
      let reason =
        mismatch(record, in: log, with: header)
        ?? "the venue's log states another roll than your receipt is of (number \(record.epoch), root \(record.root)); "
        + "keep both receipts, they are evidence of two rolls"
      return (entry.index, reason + ".")
    }
    return (entry.index, nil)
  }
}

extension SolvencyRollRecord.Total {
  /// The public totals in the order of a record.
  static func list(_ exposure: Exposure?) -> [Self] {
    (exposure?.totals ?? [:]).map { Self(coordinate: $0.key, range: $0.value) }
      .sorted { $0.coordinate.utf8.lexicographicallyPrecedes($1.coordinate.utf8) }
  }
}
