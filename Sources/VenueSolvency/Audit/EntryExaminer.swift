internal import CanonicalBytes
internal import MarginRules
internal import ProofCore
internal import Ristretto
internal import Solvency
internal import SolvencyVerifier

/// An entry of a roll and its evidence as they came.
struct RollEntry: Sendable {
  let bytes: [UInt8]
  /// nil if none came with it.
  let evidence: [UInt8]?
}

/// What an entry shows by itself, whatever stands before it: all but the equation of its proof.
struct ExaminedEntry: Sendable {
  /// The account; nil if the entry is not an account.
  let account: RollAccount?
  /// Whether the commitment encodes a point. Of one that does not, nothing else is looked at.
  let isDecoded: Bool
  /// The group that the evidence is, if it is one.
  let group: GroupEnvelope?
  /// The proof that the evidence is, nil in it if the class has none; or what is wrong. Nothing is said of
  /// the evidence of an account whose group came before.
  let own: Result<ProofEnvelope?, RollFailure>
}

/// Some entries in a row: what each shows, and what they come to.
struct ExaminedEntries: Sendable {
  let entries: [ExaminedEntry]
  /// The hashes over them.
  let hashes: SubtreeRange
  /// Σ V over those whose commitments decode.
  let sum: Point
}

/// Examines entries, each by itself and so on any thread.
struct EntryExaminer: Sendable {
  let documents: RollDocuments
  let generators: Generators

  /// Examines entries in a row.
  ///
  /// - Parameter start: the place of the first in the tree. Entry 0 is not an account, and nothing is said of
  ///   it.
  func examine(_ entries: ArraySlice<RollEntry>, from start: UInt64) -> ExaminedEntries {
    var hashes = SubtreeRange(from: start)
    var accounts: [RollAccount?] = []
    accounts.reserveCapacity(entries.count)
    for (offset, entry) in entries.enumerated() {
      hashes.append(.leaf(entry.bytes))
      accounts.append(start == 0 && offset == 0 ? nil : try? RollAccount(decoding: entry.bytes))
    }
    // In lanes: a commitment by itself costs as much as eight.
    let decoded = DecodedPoints(accounts.compactMap { $0?.commitment })
    var (sum, place) = (Point.identity, 0)
    var isDecoded = [Bool](repeating: false, count: accounts.count)
    var raised: [Point] = []
    for (offset, account) in accounts.enumerated() {
      guard let account else { continue }
      defer { place += 1 }
      guard decoded.error(at: place) == nil else { continue }
      isDecoded[offset] = true
      sum += decoded.points[place]
      if account.accountClass == .bounded { raised.append(self.raised(decoded.points[place], account)) }
    }
    let encodings = Point.encodings(of: raised)
    var nextRaised = 0
    let examined = zip(entries, accounts).enumerated().map { offset, pair in
      let (entry, account) = pair
      guard let account else {
        return ExaminedEntry(account: nil, isDecoded: false, group: nil, own: .success(nil))
      }
      guard isDecoded[offset] else {
        // The group that it brings is that of the accounts behind it all the same.
        return ExaminedEntry(
          account: account, isDecoded: false, group: entry.evidence.flatMap { group(of: account, $0) },
          own: .failure(RollFailure(.undecodableCommitment)))
      }
      var commitment = account.commitment
      if account.accountClass == .bounded {
        commitment = encodings[nextRaised]
        nextRaised += 1
      }
      return examine(account, about: commitment, entry.evidence)
    }
    return ExaminedEntries(entries: examined, hashes: hashes, sum: sum)
  }

  /// The group that an account's entry brings with it, if its evidence is one. Anyone who goes past an entry
  /// and anyone who examines it must find the same one, or the result of an audit would depend on where the
  /// roll is split.
  func group(of account: RollAccount, _ evidence: [UInt8]) -> GroupEnvelope? {
    guard account.accountClass == .solvent, Digest.sha256(of: evidence) == account.evidence,
      let group = AuditedGroup.envelope(evidence), EnvelopeLine.read(evidence) == nil
    else { return nil }
    return group
  }

  /// V + X·H_cash, which the proof of a bounded account is about.
  private func raised(_ commitment: Point, _ account: RollAccount) -> Point {
    // Every suite has a generator of cash, which no roll is without.
    guard let H = try? generators.account(documents.cash + 1)[documents.cash] else { return commitment }
    return commitment + H.multipliedVariableTime(by: Scalar(Int(account.amount)))
  }

  /// - Parameter commitment: the one that a proof of the account is about.
  private func examine(
    _ account: RollAccount, about commitment: EncodedPoint, _ evidence: [UInt8]?
  ) -> ExaminedEntry {
    func entry(_ own: Result<ProofEnvelope?, RollFailure>, group: GroupEnvelope? = nil) -> ExaminedEntry {
      ExaminedEntry(account: account, isDecoded: true, group: group, own: own)
    }
    guard let evidence else { return entry(.failure(RollFailure(.missingEvidence))) }
    guard Digest.sha256(of: evidence) == account.evidence else {
      return entry(.failure(RollFailure(.otherEvidence)))
    }
    // Most evidence is a line as this project writes it, and no group then.
    let line = EnvelopeLine.read(evidence)
    if line == nil, account.accountClass == .solvent, let group = AuditedGroup.envelope(evidence) {
      return entry(.success(nil), group: group)
    }
    return entry(
      Result { () throws(RollFailure) in
        let envelope = line?.receivedAt == nil ? line?.envelope : nil
        return try proof(of: account, about: commitment, evidence, envelope)
      })
  }

  /// The proof, if the class has one, after everything but its equation.
  private func proof(
    of account: RollAccount, about commitment: EncodedPoint, _ evidence: [UInt8], _ envelope: ProofEnvelope?
  ) throws(RollFailure) -> ProofEnvelope? {
    switch account.accountClass {
    case .opened:
      guard let opened = try? OpenedBook(decoding: evidence) else { throw RollFailure(.malformedEvidence) }
      guard opened.name == account.name else { throw RollFailure(.otherName) }
      guard opened.commitment(generators: generators) == account.commitment else {
        throw RollFailure(.notOpened)
      }
      guard opened.equity(under: documents) == account.amount else { throw RollFailure(.otherEquity) }
      return nil
    case .solvent:
      guard let circuit = documents.header.documents.circuit(ofBand: Int(account.amount)) else {
        throw RollFailure(.unknownBand)
      }
      return try self.envelope(envelope, evidence, of: account, about: commitment, under: circuit)
    case .bounded:
      guard account.amount % documents.header.step == 0, SnapshotLimits.totals.contains(account.amount) else {
        throw RollFailure(.offGrid)
      }
      return try self.envelope(
        envelope, evidence, of: account, about: commitment, under: documents.header.documents.bounded)
    }
  }

  private func envelope(
    _ read: ProofEnvelope?, _ evidence: [UInt8], of account: RollAccount, about commitment: EncodedPoint,
    under circuit: Digest
  ) throws(RollFailure) -> ProofEnvelope {
    guard let envelope = read ?? (try? ProofEnvelope(decoding: evidence)) else {
      throw RollFailure(.malformedEvidence)
    }
    let (context, header) = (envelope.context, documents.header)
    guard context.circuit == circuit else { throw RollFailure(.otherCircuit) }
    guard (try? account.name.account) == context.account else { throw RollFailure(.otherName) }
    guard context.sequence == account.sequence else { throw RollFailure(.otherSequence) }
    guard envelope.commitments == [commitment] else { throw RollFailure(.otherCommitment) }
    // Only the roll's own snapshot and registry are in the catalog, so that another is an unknown one. A
    // reduction would only prove more, and is refused so that evidence has one form.
    guard context.snapshot == header.documents.snapshot else {
      throw RollFailure(RollFailure.unknownSnapshot)
    }
    guard context.registry == header.documents.registry else {
      throw RollFailure(RollFailure.unknownRegistry)
    }
    guard context.reduction == nil else { throw RollFailure(.malformedEvidence) }
    return envelope
  }
}

/// A fault of an entry, on its way to the list of findings.
struct RollFailure: Error {
  let fault: RollFault

  init(_ fault: RollFault) { self.fault = fault }

  fileprivate static let unknownSnapshot = RollFault.proof(code: RejectionReason.unknownSnapshot.code)
  fileprivate static let unknownRegistry = RollFault.proof(code: RejectionReason.unknownRegistry.code)
}
