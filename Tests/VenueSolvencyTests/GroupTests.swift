import CanonicalBytes
import CircuitProofs
import MarginRules
import ProofCore
import Ristretto
import Solvency
import SolvencyProver
import SolvencyVerifier
import TestSupport
import Testing
import TransparencyLog
import VenueSolvency
import VenueSolvencyProver

/// Accounts of a roll that share a proof: what is accepted, what is refused, and that audits do not depend on
/// splits.
@Suite("Groups of accounts on a roll")
struct GroupTests {
  /// A roll whose solvent accounts are in groups.
  struct GroupedVenue {
    let documents: RollDocuments
    /// The accounts in the order of the roll, each with the evidence it states.
    var listings: [(account: RollAccount, evidence: [UInt8])]
    /// The entries as files have them: a group's evidence stands with the first of its accounts.
    var entries: [(entry: [UInt8], evidence: [UInt8]?)] {
      var last: [UInt8] = []
      return [(documents.header.entry, nil)]
        + listings.map { account, evidence in
          let isShared = account.accountClass == .solvent && evidence == last
          if account.accountClass == .solvent { last = evidence }
          return (account.entry, isShared ? nil : evidence)
        }
    }

    init(
      _ members: [Venue.Member], size: GroupSize, documents: RollDocuments
    ) throws {
      self.documents = documents
      let prover = RollProver(documents)
      var rows: [(commitment: [UInt8], opening: [UInt8], salt: Bytes32)] = []
      for (index, member) in members.enumerated() {
        let opening = AccountOpening(
          of: try Book(account: AccountID(member.name), registry: documents.registry) {
            member.amounts[$0] ?? 0
          })
        rows.append(
          (try opening.commitment().commitment.encoded.bytes, OpeningFile.plain(opening), Venue.salt(index)))
      }
      rows.sort { $0.commitment.lexicographicallyPrecedes($1.commitment) }
      var (solvent, others): ([Int], [Int: RollListing]) = ([], [:])
      for (index, row) in rows.enumerated() {
        let opening = try OpeningFile.open(plain: row.opening)
        if prover.band(of: opening) != nil {
          solvent.append(index)
        } else {
          others[index] = try prover.listing(of: opening, salt: row.salt)
        }
      }
      var listed: [Int: (RollAccount, [UInt8])] = others.mapValues { ($0.account, $0.evidence) }
      let (groups, single) = size.groups(of: solvent.count)
      var rest = solvent[...]
      for size in groups {
        var group = try prover.group(of: size)
        let indices = Array(rest.prefix(size.rawValue))
        for index in indices {
          try group.add(OpeningFile.open(plain: rows[index].opening), salt: rows[index].salt)
        }
        let (accounts, evidence) = try group.prove()
        for (index, account) in zip(indices, accounts) { listed[index] = (account, evidence) }
        rest = rest.dropFirst(indices.count)
      }
      if single, let index = rest.first {
        let listing = try prover.listing(
          of: OpeningFile.open(plain: rows[index].opening), salt: rows[index].salt)
        listed[index] = (listing.account, listing.evidence)
      }
      listings = rows.indices.compactMap { listed[$0] }
    }

    func audit(_ entries: [(entry: [UInt8], evidence: [UInt8]?)]? = nil, _ range: Range<Int>? = nil)
      -> PartialAudit
    {
      let entries = entries ?? self.entries
      let range = range ?? 0..<entries.count
      var auditor = RollAuditor(documents, from: UInt64(range.lowerBound), workers: 1)
      for (entry, evidence) in entries[..<range.lowerBound] { auditor.pass(entry, evidence: evidence) }
      for (entry, evidence) in entries[range] { auditor.add(entry, evidence: evidence) }
      return auditor.finish()
    }
  }

  /// Eleven accounts, of which two do not meet the rule: nine solvent ones make groups of 4, 4 and 1.
  static let grouped = Result {
    let members =
      (0..<9).map { Venue.Member(name: "good \($0)", amounts: ["cash": Int64(100 + 10 * $0)]) } + [
        Venue.Member(name: "bad", amounts: ["cash": -20]),
        Venue.Member(name: "worse", amounts: ["cash": -70]),
      ]
    return try GroupedVenue(
      members, size: .four,
      documents: Venue.documents(accounts: members.count, reserves: ["cash": 3000], fund: 1000))
  }

  private let venue: GroupedVenue

  init() throws { venue = try Self.grouped.get() }

  @Test("groups of four, and what is left in powers of two")
  func sizes() {
    #expect(GroupSize.four.groups(of: 9) == ([.four, .four], true))
    #expect(
      GroupSize.sixtyFour.groups(of: 127) == ([.sixtyFour, .thirtyTwo, .sixteen, .eight, .four, .two], true))
    #expect(GroupSize.two.groups(of: 0) == ([], false))
    for size in GroupSize.allCases {
      for count in 0..<200 {
        let (groups, single) = size.groups(of: count)
        #expect(groups.reduce(0) { $0 + $1.rawValue } + (single ? 1 : 0) == count)
        #expect(groups.allSatisfy { $0 <= size } && groups == groups.sorted(by: >))
      }
    }
  }

  @Test("a roll of groups is audited as one of single proofs, wherever it is split")
  func honest() throws {
    let whole = venue.audit()
    #expect(whole.findings == [])
    #expect(whole.count(of: .solvent) == 9 && whole.count(of: .bounded) == 2)
    let entries = venue.entries
    #expect(entries.filter { $0.evidence != nil }.count == 3 + 2)
    for cut in 1..<entries.count {
      let parts = [venue.audit(entries, 0..<cut), venue.audit(entries, cut..<entries.count)]
      #expect(try PartialAudit.merging(parts).canonicalBytes == whole.canonicalBytes, "cut at \(cut)")
    }
    let single = (0..<entries.count).map { venue.audit(entries, $0..<$0 + 1) }
    #expect(try PartialAudit.merging(single.reversed()).canonicalBytes == whole.canonicalBytes)
  }

  private func changed(
    _ place: Int, _ change: (inout (entry: [UInt8], evidence: [UInt8]?)) throws -> Void
  ) rethrows -> PartialAudit {
    var entries = venue.entries
    try change(&entries[place + 1])
    let whole = venue.audit(entries)
    // Splits find the same.
    let cut = place + 1
    let parts = [venue.audit(entries, 0..<cut), venue.audit(entries, cut..<entries.count)]
    #expect((try? PartialAudit.merging(parts).canonicalBytes) == whole.canonicalBytes)
    return whole
  }

  /// The places of the accounts of the first group, from 0.
  private var firstGroup: [Int] {
    let evidence = venue.listings.first {
      $0.evidence.count > 0 && (try? GroupEnvelope(decoding: $0.evidence)) != nil
    }
    return venue.listings.indices.filter { venue.listings[$0].evidence == evidence?.evidence }
  }

  /// The entries with another envelope in place of the first group's, whose accounts state its digest.
  private func replacing(_ envelope: GroupEnvelope) -> [(entry: [UInt8], evidence: [UInt8]?)] {
    let bytes = envelope.encoded()
    var entries = venue.entries
    for place in firstGroup {
      entries[place + 1].entry = venue.listings[place].account.replacing(evidence: bytes).entry
      if entries[place + 1].evidence != nil { entries[place + 1].evidence = bytes }
    }
    return entries
  }

  private func envelope() throws -> GroupEnvelope {
    try GroupEnvelope(decoding: venue.listings[try #require(firstGroup.first)].evidence)
  }

  private func context(
    _ context: GroupContext, members: [GroupMember]? = nil, nonce: Nonce? = nil, snapshot: Digest? = nil,
    circuit: Digest? = nil
  ) throws -> GroupContext {
    try GroupContext(
      circuit: circuit ?? context.circuit, snapshot: snapshot ?? context.snapshot, registry: context.registry,
      kind: context.kind, members: members ?? context.members, audience: context.audience,
      nonce: nonce ?? context.nonce, issued: context.issued, expires: context.expires)
  }

  @Test("a group's envelope reads back as it was written, and other forms are refused")
  func file() throws {
    let envelope = try envelope()
    #expect(try GroupEnvelope(decoding: envelope.encoded()) == envelope)
    #expect(envelope.context.members.count == 4)
    let members = envelope.context.members
    #expect(throws: GroupContextError.noGroup(count: 3)) {
      try context(envelope.context, members: Array(members.prefix(3)))
    }
    #expect(throws: GroupContextError.repeatedAccount(members[0].account)) {
      try context(envelope.context, members: [members[0], members[1], members[2], members[0]])
    }
    for cut in [0, 1, 100, envelope.encoded().count - 1] {
      #expect(throws: FileError.self) { try GroupEnvelope(decoding: Array(envelope.encoded().prefix(cut))) }
    }
    // An envelope of one account is not one of a group, nor the other way round.
    let single = try #require(venue.listings.first { $0.account.accountClass == .bounded })
    #expect(throws: FileError.self) { try GroupEnvelope(decoding: single.evidence) }
    #expect(throws: FileError.self) { try ProofEnvelope(decoding: envelope.encoded()) }
  }

  @Test
  func `A80: an account of a group whose commitment is another is named, and its group is not`() throws {
    let place = firstGroup[1]
    let other = venue.listings[firstGroup[2]].account.commitment
    // The entry states another commitment than the group proves.
    let audit = changed(place) {
      $0.entry = venue.listings[place].account.replacing(commitment: other).entry
    }
    #expect(audit.findings.filter { $0.fault == .otherCommitment }.map(\.entry) == [UInt64(place + 1)])
    // The group says the other commitment as well: then the proof fails, for all of its accounts.
    let envelope = try envelope()
    var commitments = envelope.commitments
    commitments[1] = try EncodedPoint(Point.basepoint.encoded().bytes)
    let forged = GroupEnvelope(
      circuitName: envelope.circuitName, context: envelope.context, commitments: commitments,
      proof: envelope.proof)
    let faults = venue.audit(replacing(forged)).findings
    #expect(faults.filter { $0.fault == .group(code: "proof-invalid") }.count == 3)
    #expect(faults.filter { $0.fault == .otherCommitment }.map(\.entry) == [UInt64(place + 1)])
  }

  @Test
  func `A77: a group whose first commitment is no point is judged alike however the roll is split`() throws {
    let place = firstGroup[0]
    // A number that is no encoding, in the place of the honest one: the order of the entries stays.
    var bytes = venue.listings[place].account.commitment.bytes
    bytes[31] |= 0x80
    let commitment = try EncodedPoint(bytes)
    let envelope = try envelope()
    var commitments = envelope.commitments
    commitments[0] = commitment
    var entries = replacing(
      GroupEnvelope(
        circuitName: envelope.circuitName, context: envelope.context, commitments: commitments,
        proof: envelope.proof))
    let listed = try RollAccount(decoding: entries[place + 1].entry)
    entries[place + 1].entry = listed.replacing(commitment: commitment).entry
    let whole = venue.audit(entries)
    #expect(whole.findings.contains { $0.entry == place + 1 && $0.fault == .undecodableCommitment })
    #expect(whole.findings.count == 4)
    for seam in 1..<entries.count {
      let parts = [venue.audit(entries, 0..<seam), venue.audit(entries, seam..<entries.count)]
      #expect(try PartialAudit.merging(parts).canonicalBytes == whole.canonicalBytes, "\(seam)")
    }
  }

  @Test
  func `A81: accounts of a group that change places are refused`() throws {
    let envelope = try envelope()
    var (members, commitments) = (envelope.context.members, envelope.commitments)
    members.swapAt(0, 1)
    commitments.swapAt(0, 1)
    // Names and commitments together: each entry finds its own, and the proof fails.
    let both = GroupEnvelope(
      circuitName: envelope.circuitName, context: try context(envelope.context, members: members),
      commitments: commitments, proof: envelope.proof)
    #expect(
      venue.audit(replacing(both)).findings.map(\.fault)
        == [RollFault](repeating: .group(code: "proof-invalid"), count: 4))
    // Names alone: two entries find the other's commitment.
    let names = GroupEnvelope(
      circuitName: envelope.circuitName, context: try context(envelope.context, members: members),
      commitments: envelope.commitments, proof: envelope.proof)
    let faults = venue.audit(replacing(names)).findings.map(\.fault)
    #expect(faults.filter { $0 == .otherCommitment }.count == 2)
    #expect(faults.filter { $0 == .group(code: "proof-invalid") }.count == 2)
  }

  @Test
  func `A82: a group cut to fewer accounts, or filled up to more, proves nothing`() throws {
    let envelope = try envelope()
    for count in [2, 8] {
      let members = (0..<count).map { index in
        index < 4
          ? envelope.context.members[index]
          : GroupMember(
            account: (try? AccountID("filler \(index)")) ?? envelope.context.members[0].account, sequence: 0)
      }
      let commitments = (0..<count).map { envelope.commitments[$0 % 4] }
      let other = GroupEnvelope(
        circuitName: envelope.circuitName, context: try context(envelope.context, members: members),
        commitments: commitments, proof: envelope.proof)
      let faults = venue.audit(replacing(other)).findings.map(\.fault)
      #expect(faults.count == 4)
      #expect(faults.filter { $0 == .otherName }.count == max(0, 4 - count))
      #expect(
        faults.allSatisfy {
          $0 == .otherName || $0 == .group(code: "wrong-proof-length") || $0 == .group(code: "proof-invalid")
        })
    }
  }

  @Test
  func `A83: a group of another roll, snapshot, circuit or state does not serve`() throws {
    let envelope = try envelope()
    let cases: [(GroupContext, RollFault)] = [
      (
        try context(envelope.context, nonce: Nonce(Digest.sha256(of: [1]).value)), .group(code: "wrong-nonce")
      ),
      (try context(envelope.context, snapshot: .sha256(of: [2])), .group(code: "unknown-snapshot")),
      (try context(envelope.context, circuit: venue.documents.header.documents.bounded), .otherCircuit),
    ]
    for (context, fault) in cases {
      let other = GroupEnvelope(
        circuitName: envelope.circuitName, context: context, commitments: envelope.commitments,
        proof: envelope.proof)
      #expect(venue.audit(replacing(other)).findings.map(\.fault) == [RollFault](repeating: fault, count: 4))
    }
    var members = envelope.context.members
    members[2] = GroupMember(account: members[2].account, sequence: 9)
    let stale = GroupEnvelope(
      circuitName: envelope.circuitName, context: try context(envelope.context, members: members),
      commitments: envelope.commitments, proof: envelope.proof)
    let faults = venue.audit(replacing(stale)).findings.map(\.fault)
    #expect(faults.filter { $0 == .otherSequence }.count == 1)
    #expect(faults.filter { $0 == .group(code: "proof-invalid") }.count == 3)
  }

  @Test
  func `A84: an account that is not solvent does not get into a group, and none counts without its group`()
    throws
  {
    let prover = RollProver(venue.documents)
    var group = try prover.group(of: .two)
    let bad = AccountOpening(
      of: try Book(account: AccountID("bad"), registry: venue.documents.registry) { $0 == "cash" ? -1 : 0 })
    let isSolvent = prover.band(of: bad) != nil
    #expect(!isSolvent)
    #expect(throws: RollListingError.proving(.insolvent(row: "margin"))) {
      try group.add(bad, salt: Venue.salt(0))
    }
    // A bounded account that names a group as its evidence.
    let bounded = try #require(
      venue.listings.indices.first { venue.listings[$0].account.accountClass == .bounded })
    let evidence = venue.listings[firstGroup[0]].evidence
    var audit = changed(bounded) {
      $0 = (venue.listings[bounded].account.replacing(evidence: evidence).entry, evidence)
    }
    #expect(audit.findings.count == 1)
    // As a solvent one it is not among the group's accounts.
    audit = changed(bounded) {
      $0 = (
        venue.listings[bounded].account.replacing(accountClass: .solvent, amount: 0, evidence: evidence)
          .entry,
        evidence
      )
    }
    #expect(audit.findings.contains { $0.entry == UInt64(bounded + 1) && $0.fault == .otherName })
    // Without the line of the group none of its accounts is shown to be anything.
    audit = changed(firstGroup[0]) { $0.evidence = nil }
    #expect(audit.findings.map(\.fault) == [RollFault](repeating: .missingEvidence, count: 4))
    #expect(audit.findings.map(\.entry) == firstGroup.map { UInt64($0 + 1) })
    // Neither does a byte less.
    audit = changed(firstGroup[0]) { $0.evidence?.removeLast() }
    #expect(audit.findings.count == 4)
  }

  @Test("the library's verifier compares every account of a group, and one that differs rejects all")
  func verifier() throws {
    let envelope = try envelope()
    let (header, registry) = (venue.documents.header, venue.documents.registry)
    let catalog = RuleCatalog()
    catalog.register(venue.documents.snapshot)
    catalog.register(registry)
    for circuit in [try Venue.circuits().rule] { catalog.register(circuit) }
    let verifier = ProofVerifier(catalog: catalog)
    var known: [AccountID: AccountCommitment] = [:]
    for (member, commitment) in zip(envelope.context.members, envelope.commitments) {
      known[member.account] = AccountCommitment(
        account: member.account, registry: registry.digest,
        commitment: try VectorCommitment(decoding: commitment),
        sequence: member.sequence)
    }
    var expectations = Expectations(
      now: header.moment, audience: header.ledger, nonce: header.evidenceNonce, accounts: known)
    guard case .accepted(let claims) = verifier.verify(groups: [envelope], expecting: expectations)[0] else {
      Issue.record("an honest group was rejected")
      return
    }
    #expect(claims.map(\.context.account) == envelope.context.members.map(\.account))
    #expect(claims.map { $0.commitments } == envelope.commitments.map { [$0] })
    let third = envelope.context.members[2].account
    expectations.accounts?[third] = nil
    #expect(
      verifier.verify(groups: [envelope], expecting: expectations) == [.rejected(.unknownAccount, member: 2)])
    expectations.accounts = nil
    expectations.audience = try Venue.ledger(9)
    #expect(
      verifier.verify(groups: [envelope], expecting: expectations) == [.rejected(.wrongAudience, member: nil)]
    )
    // Among others, each has its own verdict.
    expectations.audience = nil
    var bytes = envelope.proof.bytes
    bytes[bytes.count - 32] ^= 1
    let bad = GroupEnvelope(
      circuitName: envelope.circuitName, context: envelope.context, commitments: envelope.commitments,
      proof: CircuitProof(bytes: bytes))
    let verdicts = verifier.verify(groups: [envelope, bad, envelope], expecting: expectations)
    #expect(verdicts.map(\.isAccepted) == [true, false, true])
  }
}
