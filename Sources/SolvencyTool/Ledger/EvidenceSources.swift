internal import Admission
internal import AdmissionStore
internal import CanonicalBytes
internal import CommandSupport
internal import MarginRules
internal import Solvency
internal import TransparencyLog

/// Files that documents of a ledger's entries may be in: exported logs, copies of the database, or the files
/// that the documents were.
struct EvidenceSources {
  let sources: [String]
  let folder: LedgerFolder

  init(_ sources: [String], for folder: LedgerFolder) {
    self.sources = sources
    self.folder = folder
  }

  /// The documents of entries that are in the files, as entries keep them; of the charter, in the ledger's
  /// directory too.
  func documents(of entries: some Sequence<LogEntry>) throws(ToolFailure) -> [LogEntry: [UInt8]] {
    var search = DocumentSearch(for: entries, of: folder.parties.venue)
    var attestations: [Signed<Attestation>] = []
    var snapshots: [RiskSnapshot] = []
    var endorsements: [Signed<SnapshotEndorsement>] = []
    if let charter = try? folder.charter() { search.look(at: charter.encoded()) }
    for source in sources {
      guard try !forEachItem(in: source, { search.look(at: $0.evidence) }) else {
        continue
      }
      let bytes = try InputFile.read(source, limit: SnapshotLimits.documentBytes)
      search.look(at: bytes)
      if let request = try? AdmissionRequest(json: bytes) { search.look(at: request.encoded()) }
      if let report = try? Signed<FillReport>(decoding: bytes) { search.look(at: report.json.encoded()) }
      if let attestation = try? Signed<Attestation>(decoding: bytes) { attestations.append(attestation) }
      if let snapshot = try? RiskSnapshot(json: bytes) { snapshots.append(snapshot) }
      if let endorsement = try? Signed<SnapshotEndorsement>(decoding: bytes) {
        endorsements.append(endorsement)
      }
      if let history = try? Documents.registryHistory(source) { search.look(at: history.current.listing) }
    }
    for snapshot in snapshots {
      if let registry = try? Registry(of: snapshot) { search.look(at: registry.listing) }
      for endorsement in endorsements where endorsement.unverified.endorses(snapshot) {
        search.look(at: PublishedSnapshot(snapshot, endorsement: endorsement).encoded())
      }
    }
    for account in Set(attestations.map(\.unverified.account.account)) {
      let own = attestations.filter { $0.unverified.account.account == account }
      search.look(at: AttestationBundle(own).encoded())
      search.look(at: AttestationBundle(own.reversed()).encoded())
      for attestation in own { search.look(at: AttestationBundle([attestation]).encoded()) }
    }
    return search.found
  }

  /// Hands out the entries, with their documents, of an exported log or a copy of a database; false for other
  /// files.
  private func forEachItem(
    in source: String, _ body: (LogBatch.Item) -> Void
  ) throws(ToolFailure) -> Bool {
    try InputFile.check(source)
    guard let store = try? SQLiteStore(opening: source, for: .reading) else {
      return try LogDocuments.forEach(in: source, body)
    }
    let count = try ToolFailure.wrapping(source) { try store.count() }
    try folder.forEachItem(of: store, until: count) { item in body(item) }
    return true
  }

  /// The entries in an exported log, in a copy of a database, or the one that a receipt carries.
  func entries(in source: String) throws(ToolFailure) -> [LogEntry] {
    var entries: [LogEntry] = []
    if try forEachItem(in: source, { entries.append($0.entry) }) { return entries }
    let bytes = try InputFile.read(source, limit: SnapshotLimits.documentBytes)
    if let entry = try? LogEntry(decoding: bytes) { return [entry] }
    guard let receipt = try? LogProof(decoding: bytes), let extra = receipt.extra,
      let entry = try? LogEntry(decoding: extra), entry.index == receipt.index
    else { return [] }
    return [entry]
  }

  /// The signed heads in files that have some: of `ledger head`, of exported logs, of verdicts as `admit`
  /// printed them.
  func signedHeads() throws(ToolFailure) -> [SignedLogHead] {
    var heads: [SignedLogHead] = []
    for source in sources {
      if let head = try LogDocuments.signedHead(source) { heads.append(head) }
      if let store = try? SQLiteStore(opening: source, for: .reading), let head = try? store.head() {
        heads.append(head)
      }
      if let several = try? Documents.signedHeads(source) { heads += several }
    }
    return heads.filter { (try? $0.content(verifiedBy: folder.parties.venue)) != nil }
  }
}

/// Which of many documents are those of some entries: only these are kept.
private struct DocumentSearch {
  private let venue: VerificationKey
  private var named: [Digest: [LogEntry]] = [:]
  private var snapshots: [LogEntry] = []
  private(set) var found: [LogEntry: [UInt8]] = [:]

  init(for entries: some Sequence<LogEntry>, of venue: VerificationKey) {
    self.venue = venue
    for entry in entries {
      let bare = LogBatch.Item(entry: entry, evidence: [])
      if let digest = bare.evidenceDigest {
        named[digest, default: []].append(entry)
      } else if !bare.hasItsEvidence {
        snapshots.append(entry)
      }
    }
  }

  mutating func look(at document: [UInt8]) {
    for entry in named[.sha256(of: document)] ?? [] { found[entry] = document }
    guard !snapshots.isEmpty, (try? PublishedSnapshot(decoding: document)) != nil else { return }
    for entry in snapshots {
      let item = LogBatch.Item(entry: entry, evidence: document)
      if item.hasItsEvidence(signedBy: venue) { found[entry] = document }
    }
  }
}
