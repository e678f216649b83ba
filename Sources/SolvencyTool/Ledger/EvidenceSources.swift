internal import Admission
internal import AdmissionStore
internal import CanonicalBytes
internal import CommandSupport
internal import MarginRules
internal import Solvency
internal import TransparencyLog

/// Files that documents of a ledger's entries may be in: exported logs, copies of the database, or the files that the
/// documents were.
struct EvidenceSources {
  let sources: [String]
  let ledger: String

  init(_ sources: [String], ledger: String) {
    self.sources = sources
    self.ledger = ledger
  }

  /// Everything in the files that may be a document of an entry, as entries keep it.
  func documents() throws(ToolFailure) -> [[UInt8]] {
    var documents: [[UInt8]] = []
    var attestations: [Signed<Attestation>] = []
    var snapshots: [RiskSnapshot] = []
    var endorsements: [Signed<SnapshotEndorsement>] = []
    for source in sources {
      try InputFile.check(source)
      if let items = try items(of: source) {
        documents += items
        continue
      }
      let bytes = try InputFile.read(source, limit: SnapshotLimits.documentBytes)
      documents.append(bytes)
      if let request = try? AdmissionRequest(json: bytes) { documents.append(request.encoded()) }
      if let report = try? Signed<FillReport>(decoding: bytes) { documents.append(report.json.encoded()) }
      if let attestation = try? Signed<Attestation>(decoding: bytes) { attestations.append(attestation) }
      if let snapshot = try? RiskSnapshot(json: bytes) { snapshots.append(snapshot) }
      if let endorsement = try? Signed<SnapshotEndorsement>(decoding: bytes) {
        endorsements.append(endorsement)
      }
      if let history = try? Documents.registryHistory(source) { documents.append(history.current.listing) }
    }
    for snapshot in snapshots {
      if let registry = try? Registry(of: snapshot) { documents.append(registry.listing) }
      for endorsement in endorsements where endorsement.unverified.endorses(snapshot) {
        documents.append(PublishedSnapshot(snapshot, endorsement: endorsement).encoded())
      }
    }
    for account in Set(attestations.map(\.unverified.account.account)) {
      let own = attestations.filter { $0.unverified.account.account == account }
      documents.append(AttestationBundle(own).encoded())
      documents.append(AttestationBundle(own.reversed()).encoded())
      for attestation in own { documents.append(AttestationBundle([attestation]).encoded()) }
    }
    return documents
  }

  /// The documents in an exported log or in a copy of a database; nil for other files.
  private func items(of source: String) throws(ToolFailure) -> [[UInt8]]? {
    if let store = try? SQLiteStore(opening: source, for: .reading) {
      let count = try ToolFailure.wrapping(source) { try store.count() }
      var documents: [[UInt8]] = []
      try LedgerFolder(ledger).forEachItem(of: store, until: count) { item in
        documents.append(item.evidence)
      }
      return documents
    }
    return try LogDocuments.read(source)
  }

  /// The entries in an exported log, in a copy of a database, or the one that a receipt carries.
  static func entries(in source: String, ledger: String) throws(ToolFailure) -> [LogEntry] {
    try InputFile.check(source)
    if let store = try? SQLiteStore(opening: source, for: .reading) {
      let count = try ToolFailure.wrapping(source) { try store.count() }
      var entries: [LogEntry] = []
      try LedgerFolder(ledger).forEachItem(of: store, until: count) { item in entries.append(item.entry) }
      return entries
    }
    if let entries = try LogDocuments.entries(source) { return entries }
    let bytes = try InputFile.read(source, limit: SnapshotLimits.documentBytes)
    if let entry = try? LogEntry(decoding: bytes) { return [entry] }
    guard let receipt = try? LogProof(decoding: bytes), let extra = receipt.extra,
      let entry = try? LogEntry(decoding: extra), entry.index == receipt.index
    else { return [] }
    return [entry]
  }

  /// The signed heads in files that have some: of `ledger head`, of exported logs, of verdicts as `admit` printed them.
  static func signedHeads(
    in sources: [String], of venue: VerificationKey
  ) throws(ToolFailure) -> [SignedLogHead] {
    var heads: [SignedLogHead] = []
    for source in sources {
      if let head = try LogDocuments.signedHead(source) { heads.append(head) }
      if let store = try? SQLiteStore(opening: source, for: .reading), let head = try? store.head() {
        heads.append(head)
      }
      if let several = try? Documents.signedHeads(source) { heads += several }
    }
    return heads.filter { (try? $0.content(verifiedBy: venue)) != nil }
  }
}
