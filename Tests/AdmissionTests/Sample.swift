import Admission
import CanonicalBytes
import MarginRules
import Ristretto
import Solvency
import Testing

/// Events of invented accounts, without proofs: what the state machine is tested with.
enum Sample {
  /// A moment after which everything happens.
  static let start: UInt64 = 1_770_000_000

  static func time(_ seconds: UInt64) -> Timestamp { Timestamp(seconds: start + seconds) }

  static func account(_ index: Int) throws -> AccountID { try AccountID("desk-\(index)") }

  static func digest(_ name: String) -> Digest { .sha256(of: Array(name.utf8)) }

  static func point(_ name: String) throws -> EncodedPoint { try EncodedPoint(digest(name).bytes) }

  static func nonce(_ name: String) throws -> Nonce { try #require(Nonce(digest(name).bytes)) }

  static func signer() throws -> LogSigner { try LogSigner(.random(role: .venue)) }

  /// Epoch `number` after epoch `number - 1`: a call each hour, ten minutes after a fill, half an hour of
  /// grace.
  static func epoch(
    _ number: Int64, graceEpochs: Int64 = 1, callInterval: UInt64 = 3_600
  ) -> EpochRecord {
    EpochRecord(
      epoch: number, snapshot: digest("snapshot \(number)"),
      previous: digest("snapshot \(number - 1)"), validFrom: time(0), validTo: time(1_000_000),
      graceEpochs: graceEpochs, callInterval: callInterval, fillInterval: 600, callGrace: 1_800)
  }

  static func opening(_ index: Int, attestedFor seconds: UInt64 = 900_000) throws -> OpeningRecord {
    OpeningRecord(
      account: try account(index), registry: digest("registry"),
      commitment: try point("V \(index) 0"), sequence: 0, parts: [try point("V \(index) 0")],
      attestedUntil: time(seconds), evidence: digest("attestation \(index)"))
  }

  static func fill(
    _ index: Int, sequence: UInt64, deltas: [CoordinateChange] = []
  ) throws -> FillRecord {
    FillRecord(
      account: try account(index), sequence: sequence,
      commitment: try point("V \(index) \(sequence &+ 1)"), deltas: deltas,
      evidence: digest("fill \(index) \(sequence)"))
  }

  /// Cash that account `index` pays, less than zero, or is given.
  static func charge(
    _ index: Int, sequence: UInt64, _ amount: Int64, for charge: Charge = .funding, coordinate: UInt32 = 0
  ) throws -> ChargeRecord {
    ChargeRecord(
      account: try account(index), sequence: sequence, commitment: try point("V \(index) \(sequence &+ 1)"),
      charge: charge, cash: CoordinateChange(coordinate: coordinate, amount: amount),
      evidence: digest("charge \(index) \(sequence)"))
  }

  /// A proof made and used at a moment, of standing unless it has headroom.
  static func proof(
    _ index: Int, sequence: UInt64, epoch: Int64, at now: UInt64, kind: MarginKind = .initial,
    nonce: String, headroom: Headroom? = nil, lasting: UInt64 = 3_600, circuit: String = "circuit",
    far: String? = nil, reduces: Bool = false
  ) throws -> ProofRecord {
    let end = far ?? (headroom == nil ? "V \(index) \(sequence)" : "far \(nonce)")
    return ProofRecord(
      account: try account(index), sequence: sequence, epoch: epoch, kind: kind,
      nonce: try self.nonce(nonce), challenge: nil, expires: time(now + 600),
      until: time(now + lasting), headroom: headroom,
      isReduceOnly: kind == .maintenance || reduces,
      basis: ProofRecord.Basis(
        circuit: digest(circuit), registry: digest("registry"), commitment: try point(end),
        isReduction: reduces),
      evidence: digest("proof \(nonce)"))
  }

  /// What binds the ledgers of invented accounts: one circuit that is convex, and one that is not.
  static func charter(snapshotGrace: UInt64 = 600) throws -> LedgerEvent {
    let circuits = [digest("circuit"), digest("other circuit")].sorted {
      $0.bytes.lexicographicallyPrecedes($1.bytes)
    }
    return .chartered(
      CharterRecord(
        previous: .zero, venue: Keys().venue.verificationKey, charter: digest("charter"),
        policy: digest("policy"),
        parties: digest("parties"),
        circuits: circuits.map { CharterRecord.Listing(circuit: $0, isConvex: $0 == digest("circuit")) },
        snapshotGrace: snapshotGrace))
  }

  /// Room to buy this number of lots at 100 quanta each.
  static func headroom(_ lots: UInt64, _ side: Headroom.Side = .buy) -> Headroom {
    Headroom(
      coordinate: 1, side: side, lots: lots, cashCoordinate: 0,
      cashPerLot: side == .buy ? -100 : 90)
  }

  /// The registry of three coordinates.
  static let registry = LedgerEvent.registryPublished(
    RegistryRecord(registry: digest("registry"), count: 3))

  /// A state in which epoch 1 is in force and the accounts 0 ..< count are open.
  static func state(accounts count: Int = 1) throws -> LedgerState {
    var state = LedgerState()
    try state.apply(charter(), at: time(0))
    try state.apply(registry, at: time(0))
    try state.apply(.epochPublished(epoch(1)), at: time(0))
    for index in 0..<count { try state.apply(.accountOpened(opening(index)), at: time(0)) }
    return state
  }
}
