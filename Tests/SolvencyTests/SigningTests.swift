import CanonicalBytes
import MarginRules
import ProofCore
import Ristretto
import Solvency
import SolvencyProver
import TestSupport
import Testing

@Suite("Signing")
struct SigningTests {
  private let registry: Registry
  private let custodian = Signer(.custodian)
  private let engine = Signer(.matchingEngine)
  private let venue = Signer(.venue)

  init() throws { registry = try Registry(of: Fixture.smallSnapshot()) }

  private func opening(_ amounts: [String: Int64] = Fixture.coveredAmounts) throws -> AccountOpening {
    AccountOpening(of: try Fixture.book(amounts, registry))
  }

  private func attestation(
    of account: AccountCommitment, to venue: String = "Example Exchange", issued: UInt64 = 100,
    expires: UInt64 = 200
  ) throws -> Attestation {
    try Attestation(
      account: account, pledgedTo: Audience(venue),
      custodians: CustodianSet([custodian.key.verificationKey]), issued: Timestamp(seconds: issued),
      expires: Timestamp(seconds: expires))
  }

  // MARK: Completeness

  @Test("what each role signs is verified by its key, and comes back from its file")
  func roundTrip() throws {
    let account = try opening().commitment()
    let attested = try Signed(attestation(of: account), by: custodian.key)
    let read = try Signed<Attestation>(decoding: attested.json.encoded())
    #expect(read == attested)
    #expect(try read.content(verifiedBy: custodian.key.verificationKey).account == account)

    let snapshot = try Fixture.smallSnapshot()
    let endorsement = SnapshotEndorsement(of: snapshot, by: try Audience("Example Exchange"))
    let signed = try Signed(endorsement, by: venue.key)
    let endorsed = try Signed<SnapshotEndorsement>(decoding: signed.json.encoded(.indented))
    #expect(
      try endorsed.content(verifiedBy: venue.key.verificationKey).endorses(snapshot))

    let fill = try Fill(
      account: account.account, sequence: 0, deltas: [Fill.Delta(coordinate: "cash", amount: 7)])
    for report in [
      try FillReport(of: fill, on: account),
      FillReport(hidden: try HiddenFill(fill).delta(in: registry), on: account),
    ] {
      let signed = try Signed(report, by: engine.key)
      let read = try Signed<FillReport>(decoding: signed.json.encoded())
      #expect(try read.content(verifiedBy: engine.key.verificationKey) == report)
    }
  }

  @Test("a key file opens with its passphrase, keeps the role, and signs the same")
  func keyFile() throws {
    guard let passphrase = Passphrase(Array("horse".utf8)), let other = Passphrase(Array("cow".utf8))
    else { throw FixtureError.noSuchCircuit }
    for role in SignerRole.allCases {
      let key = SigningKey.random(role: role)
      let file = try KeyFile.sealed(key, with: passphrase, cost: .interactive)
      let opened = try KeyFile.open(file, with: passphrase)
      #expect(opened.role == role && opened.verificationKey == key.verificationKey)
      let publicPart = PublicKeyFile(of: key)
      #expect(try PublicKeyFile(decoding: publicPart.encoded()) == publicPart)
      guard role == .venue else { continue }
      #expect(throws: SealedFileError.wrongPassphrase) {
        _ = try KeyFile.open(file, with: other)
      }
      #expect(throws: SealedFileError.tampered) { _ = try KeyFile.open(file + [0], with: passphrase) }
      #expect(throws: SealedFileError.truncated) {
        _ = try KeyFile.open(Array(file.dropLast()), with: passphrase)
      }
      #expect(throws: SealedFileError.otherKind) {
        _ = try KeyFile.open(Array("solvency opening".utf8) + file.dropFirst(16), with: passphrase)
      }
    }
  }

  // MARK: Soundness

  @Test
  func `A28, A30: an attestation with any field changed is not the custodian's`() throws {
    let account = try opening().commitment()
    let signed = try Signed(attestation(of: account), by: custodian.key)
    let other = try opening().commitment()
    let changed: [Attestation] = [
      try attestation(of: other), try attestation(of: account, to: "Other Exchange"),
      try attestation(of: account, issued: 99), try attestation(of: account, expires: 201),
      try attestation(
        of: AccountCommitment(
          account: AccountID("desk-8"), registry: account.registry, commitment: account.commitment,
          sequence: account.sequence)),
      try attestation(
        of: AccountCommitment(
          account: account.account, registry: .zero, commitment: account.commitment,
          sequence: account.sequence)),
      try attestation(
        of: AccountCommitment(
          account: account.account, registry: account.registry, commitment: account.commitment,
          sequence: account.sequence + 1)),
    ]
    for content in changed {
      let forged = Signed(content, signer: signed.signer, signature: signed.signature)
      #expect(throws: SigningError.invalidSignature) {
        try forged.content(verifiedBy: custodian.key.verificationKey)
      }
    }
    #expect(throws: SigningError.otherSigner) {
      try signed.content(verifiedBy: Signer(.custodian).key.verificationKey)
    }
    for index in [0, 31, 32, 63] {
      var bytes = signed.signature.bytes
      bytes[index] ^= 1
      let forged = Signed(
        signed.unverified, signer: signed.signer, signature: try #require(Signature(bytes)))
      #expect(throws: SigningError.invalidSignature) {
        try forged.content(verifiedBy: custodian.key.verificationKey)
      }
    }
  }

  @Test("a key signs only what its role signs, and a signature of one kind does not hold for another")
  func roles() throws {
    let account = try opening().commitment()
    #expect(throws: SigningError.wrongRole(expected: .custodian, actual: .venue)) {
      try Signed(attestation(of: account), by: venue.key)
    }
    // The same seed in two roles: the bytes that are signed differ.
    let seed = [UInt8](repeating: 7, count: 32)
    let asEngine = SigningKey(role: .matchingEngine, seed: SecretBlock(count: 32) { seed[$0] })
    let asCustodian = SigningKey(role: .custodian, seed: SecretBlock(count: 32) { seed[$0] })
    #expect(asEngine.verificationKey == asCustodian.verificationKey)
    let report = try Signed(
      FillReport(hidden: account.commitment.encoded, on: account), by: asEngine)
    let forged = Signed(
      try attestation(of: account), signer: report.signer, signature: report.signature)
    #expect(throws: SigningError.invalidSignature) {
      try forged.content(verifiedBy: asCustodian.verificationKey)
    }
    let file = report.json.encoded()
    #expect(throws: FileError.otherKind(expected: "attestation", found: "fill")) {
      try Signed<Attestation>(decoding: file)
    }
  }

  @Test("points of small order, non-canonical and short keys are refused as keys")
  func badKeys() throws {
    var identity = [UInt8](repeating: 0, count: 32)
    identity[0] = 1
    for bytes in [
      identity, [UInt8](repeating: 0, count: 32), [UInt8](repeating: 0xFF, count: 32),
      [UInt8](repeating: 1, count: 31), [],
    ] {
      #expect(throws: SigningError.notAKey) { try VerificationKey(bytes) }
    }
    let key = venue.key.verificationKey
    #expect(try VerificationKey(hex: key.description) == key)
  }

  // MARK: Several custodians

  @Test("the parts of several custodians add up to the commitment of the whole book")
  func combined() throws {
    let second = Signer(.custodian)
    let a = try opening(["cash": 40, "holding/BTC": 3])
    let b = try opening(["debt/USDC": 2, "cash": 2])
    let attestations = [
      try Signed(attestation(of: a.commitment(), issued: 90), by: custodian.key),
      try Signed(attestation(of: b.commitment(), expires: 150), by: second.key),
    ]
    let trusted: Set = [custodian.key.verificationKey, second.key.verificationKey]
    let whole = try CombinedAttestation(of: attestations, trusting: trusted)
    #expect(
      try whole.account.commitment.point
        == a.commitment().commitment.point + b.commitment().commitment.point)
    #expect(whole.issued == Timestamp(seconds: 100) && whole.expires == Timestamp(seconds: 150))
    #expect(whole.parts.count == 2)
    #expect(try CombinedAttestation(of: attestations.reversed(), trusting: trusted) == whole)

    let stranger = Signer(.custodian)
    let strange = try Signed(attestation(of: a.commitment()), by: stranger.key)
    #expect(throws: AttestationError.unknownCustodian(stranger.key.verificationKey)) {
      try CombinedAttestation(of: [strange], trusting: trusted)
    }
    #expect(throws: AttestationError.repeatedCustodian(custodian.key.verificationKey)) {
      try CombinedAttestation(of: [attestations[0], attestations[0]], trusting: trusted)
    }
    let elsewhere = try Signed(attestation(of: b.commitment(), to: "Elsewhere"), by: second.key)
    #expect(throws: AttestationError.differentVenues) {
      try CombinedAttestation(of: [attestations[0], elsewhere], trusting: trusted)
    }
    #expect(throws: AttestationError.none) { try CombinedAttestation(of: [], trusting: trusted) }
  }

  // MARK: Fills

  @Test
  func `A29: a fill report applies to one commitment in one state`() throws {
    let opening = try opening()
    let account = try opening.commitment()
    let fill = try Fill(
      account: account.account, sequence: 0,
      deltas: [Fill.Delta(coordinate: "position/BTC-PERP", amount: 2)])
    let report = try FillReport(of: fill, on: account)
    let after = try report.after(in: registry)
    #expect(after.sequence == 1)
    #expect(try after == opening.applying(fill, in: registry).commitment())
    #expect(throws: FillError.wrongSequence(expected: 1, actual: 0)) {
      try FillReport(of: fill, on: after)
    }
    let foreign = try Fill(
      account: AccountID("desk-8"), sequence: 0, deltas: fill.deltas)
    #expect(throws: FillError.wrongAccount) { try FillReport(of: foreign, on: account) }
  }

  @Test
  func `A25: a hidden fill moves opening and commitment alike, and its amounts cannot be read off`() throws {
    let opening = try opening()
    let account = try opening.commitment()
    let fill = try Fill(
      account: account.account, sequence: 0,
      deltas: [
        Fill.Delta(coordinate: "position/BTC-PERP", amount: -2),
        Fill.Delta(coordinate: "cash", amount: 5),
      ])
    let first = HiddenFill(fill)
    let second = HiddenFill(fill)
    let delta = try first.delta(in: registry)
    #expect(try delta != second.delta(in: registry), "each hiding has a blinding of its own")
    let report = FillReport(hidden: delta, on: account)
    let moved = try opening.applying(first, in: registry)
    #expect(try report.after(in: registry) == moved.commitment())
    #expect(try report.after(in: registry) != opening.applying(second, in: registry).commitment())
    let longer = try Registry(names: registry.names + ["position/NEW"])
    #expect(throws: FillError.wrongRegistry) { try report.after(in: longer) }
  }

  // MARK: Files

  @Test("truncated, huge, newer and foreign files are refused with a reason")
  func files() throws {
    let signed = try Signed(attestation(of: opening().commitment()), by: custodian.key)
    let bytes = signed.json.encoded()
    for count in [0, 1, 40, bytes.count - 1] {
      #expect(throws: FileError.self) { try Signed<Attestation>(decoding: Array(bytes.prefix(count))) }
    }
    let huge = [UInt8](repeating: 0x20, count: Signed<Attestation>.fileByteLimit + 1)
    #expect(throws: FileError.self) { try Signed<Attestation>(decoding: huge) }
    let newer = String(decoding: bytes, as: UTF8.self)
      .replacing("{\"version\":1,\"kind\"", with: "{\"version\":2,\"kind\"")
    #expect(throws: FileError.unsupportedVersion(2)) {
      try Signed<Attestation>(decoding: Array(newer.utf8))
    }
    #expect(throws: AttestationError.emptyWindow) {
      try attestation(of: opening().commitment(), issued: 5, expires: 5)
    }
  }
}

/// A signing key that a test can keep.
private final class Signer: Sendable {
  let key: SigningKey
  init(_ role: SignerRole) { key = .random(role: role) }
}
