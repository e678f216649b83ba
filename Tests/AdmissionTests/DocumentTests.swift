import Admission
import CanonicalBytes
import MarginRules
import ProofCore
import Ristretto
import Solvency
import Testing

@Suite("Documents of the desk")
struct DocumentTests {
  @Test("snapshots are taken with the venue's own word for them only")
  func snapshots() throws {
    let desk = try Desk()
    let snapshot = try Market.snapshot(2)
    let endorsement = SnapshotEndorsement(of: snapshot, by: try Market.venue())
    let stranger = SigningKey.random(role: .venue)
    let forged = PublishedSnapshot(snapshot, endorsement: try Signed(endorsement, by: stranger))
    #expect(throws: DeskError.signature(.otherSigner)) {
      try desk.admission.publish(forged, at: Market.now)
    }
    let claimed = Signed(
      endorsement, signer: desk.keys.venue.verificationKey, signature: forged.endorsement.signature)
    #expect(throws: DeskError.signature(.invalidSignature)) {
      try desk.admission.publish(PublishedSnapshot(snapshot, endorsement: claimed), at: Market.now)
    }
    // The signature over one snapshot does not hold for another, nor for another venue's.
    let other = try desk.published(Market.variant { $0.haltLevel = 1 }).endorsement
    #expect(throws: DeskError.signature(.invalidSignature)) {
      try desk.admission.publish(PublishedSnapshot(snapshot, endorsement: other), at: Market.now)
    }
    let elsewhere = SnapshotEndorsement(of: snapshot, by: try Audience("venue-2"))
    let foreign = try Signed(elsewhere, by: desk.keys.venue)
    #expect(throws: DeskError.signature(.otherSigner)) {
      try desk.admission.publish(PublishedSnapshot(snapshot, endorsement: foreign), at: Market.now)
    }
    #expect(try PublishedSnapshot(decoding: forged.encoded()) == forged)
    #expect(throws: EvidenceError.malformed) {
      try PublishedSnapshot(decoding: forged.encoded() + [0])
    }
  }

  @Test("accounts open on attestations of the venue's custodians, pledged to it, in force, and once")
  func attestations() throws {
    let desk = try Desk(traders: [])
    let trader = try Trader.desk7()
    func refused(_ attestations: [Signed<Attestation>], _ error: DeskError, at second: UInt64 = 0) {
      #expect(throws: error) {
        try desk.admission.open(attestations, at: Market.now.advanced(by: second))
      }
    }
    let good = try desk.attestation(of: trader.commitment, for: 50)
    refused([], .attestation(.none))
    refused([good, good], .attestation(.repeatedCustodian(desk.keys.custodian.verificationKey)))
    let stranger = SigningKey.random(role: .custodian)
    refused(
      [try Signed(good.unverified, by: stranger)],
      .attestation(.unknownCustodian(stranger.verificationKey)))
    refused([try desk.attestation(of: trader.commitment, pledgedTo: "venue-2")], .pledgedElsewhere)
    let altered = Signed(
      try Attestation(
        account: trader.commitment, pledgedTo: Market.venue(),
        custodians: CustodianSet([desk.keys.custodian.verificationKey]), issued: Market.now,
        expires: Market.now.advanced(by: 51)), signer: good.signer, signature: good.signature)
    refused([altered], .attestation(.signature(.invalidSignature)))
    let unknown = AccountCommitment(
      account: trader.commitment.account, registry: .zero,
      commitment: trader.commitment.commitment, sequence: 0)
    refused([try desk.attestation(of: unknown)], .unknownRegistry)
    #expect(try AttestationBundle(decoding: AttestationBundle([good]).encoded()).attestations == [good])
    try desk.admission.open([good], at: Market.now)
    refused([good], .ledger(.event(.accountExists)))
    refused([good], .attestationNotInForce, at: 50)
    // The same book under another name.
    let again = AccountCommitment(
      account: try AccountID("desk-9"), registry: trader.commitment.registry,
      commitment: trader.commitment.commitment, sequence: 0)
    refused([try desk.attestation(of: again)], .ledger(.event(.alreadyPledged)))
  }

  @Test("two custodians' parts add up to the account")
  func twoCustodians() throws {
    let desk = try Desk(traders: [])
    let second = SigningKey.random(role: .custodian)
    let parties = Counterparties(
      venue: desk.keys.venue.verificationKey,
      custodians: [desk.keys.custodian.verificationKey, second.verificationKey],
      matchingEngines: [])
    let charter = try Market.charter(parties: parties)
    try desk.admission.ledger.adopt(charter, at: Market.now)
    let shared = try Admission(charter, ledger: desk.admission.ledger)
    let (a, b) = (try Trader("desk-7"), try Trader("desk-7"))
    let other = try Attestation(
      account: b.commitment, pledgedTo: Market.venue(), custodians: CustodianSet(parties.custodians),
      issued: Market.now, expires: Market.now.advanced(by: 10))
    let first = try desk.attestation(of: a.commitment, with: [second.verificationKey])
    try shared.open([first, Signed(other, by: second)], at: Market.now)
    let state = try desk.state(a)
    let sum = a.commitment.commitment.point + b.commitment.commitment.point
    #expect(state.commitment == sum.encoded())
    #expect(state.attestedUntil == Market.now.advanced(by: 10))
  }

  @Test(
    "fills move an account only when a matching engine of the venue reports them, about its present state")
  func fills() throws {
    let desk = try Desk()
    let trader = try Trader.desk7()
    let fill = try trader.fill(["cash": 5])
    let report = try FillReport(of: fill, on: trader.commitment)
    let stranger = SigningKey.random(role: .matchingEngine)
    #expect(throws: DeskError.signature(.otherSigner)) {
      try desk.admission.fill(Signed(report, by: stranger), at: Market.now)
    }
    let good = try Signed(report, by: desk.keys.engine)
    let other = try FillReport(of: trader.fill(["cash": 6]), on: trader.commitment)
    #expect(throws: DeskError.signature(.invalidSignature)) {
      try desk.admission.fill(
        Signed(other, signer: good.signer, signature: good.signature), at: Market.now)
    }
    let elsewhere = AccountCommitment(
      account: trader.commitment.account, registry: trader.commitment.registry,
      commitment: try Trader("x").commitment.commitment, sequence: 0)
    #expect(throws: DeskError.otherState) { try desk.fill(fill, on: elsewhere) }
    try desk.admission.fill(good, at: Market.now)
    #expect(throws: DeskError.otherState) { try desk.admission.fill(good, at: Market.now) }
    // A hidden fill adds a point; the account is unproven until it proves the sum.
    let next = try trader.after(fill)
    let delta = try Trader("y", ["cash": 3]).commitment.commitment.encoded
    let hidden = FillReport(hidden: delta, on: next.commitment)
    try desk.admission.fill(Signed(hidden, by: desk.keys.engine), at: Market.now)
    let state = try desk.state(trader)
    #expect(state.sequence == 2)
    #expect(state.standing == nil)
    let sum = try next.commitment.commitment.point + delta.decoded()
    #expect(state.commitment == sum.encoded())
  }
}
