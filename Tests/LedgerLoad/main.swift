// A ledger under load, made to be killed: see the crash test.
//
//     LedgerLoad events <ledger> <seed of the key> <seed of the run>
//     LedgerLoad admit <ledger> <seed of the key> <seed of the run> <requests>
//     LedgerLoad close <ledger> <seed of the key> <moment of death, 0 for none> <folder>
//     LedgerLoad time <ledger> <seed of the key> <accounts> <entries>
//
// Opens the ledger, which checks its log, prints "open" and how many entries it has, and works until it is
// killed. It prints "ack", the number of entries and the digest of the last as soon as a commit has returned.
// With "events" the log's checkpoints are signed as well, each is said as "signed", its number of entries and
// its root, and now and then the log is published in <ledger>.site and cosigned by a witness whose record is
// <ledger>.witness. With "close" it carries out the liquidations of a folder's schedule, says "done" and
// ends. Otherwise it writes checkpoints often, so that kills fall into them as well. With "time" it makes a
// ledger of the given number of entries and says how long opening it takes.

import Admission
import AdmissionStore
import CanonicalBytes
import CircuitLanguage
import Foundation
import MarginRules
import Ristretto
import Solvency
import TestSupport
import TransparencyLog

let arguments = CommandLine.arguments
guard arguments.count >= 5, let seed = try? Hex.decode(arguments[3]), seed.count == 32,
  let run = UInt64(arguments[4])
else {
  FileHandle.standardError.write(Data("usage: see the source\n".utf8))
  exit(64)
}

let path = arguments[2]
let signer = try LogSigner(
  SigningKey(role: .venue, seed: SecretBlock(count: 32) { [seed] in seed[$0] }))
// A file that a killed predecessor has not finished is made anew.
let store = try (try? SQLiteStore(opening: path)) ?? SQLiteStore(creating: path)
let publication = Publication(path: path, seed: seed)
let ledger = try Ledger(
  store: arguments[1] == "close" ? KillingStore(store, killedAt: Int(run)) : store, signer: signer,
  checkpoints: ["time", "close"].contains(arguments[1]) ? .never : CheckpointSchedule(interval: 24),
  tree: arguments[1] == "events" ? publication.signer() : nil)
var random = SplitMix64(seed: run)

/// Prints a line at once, in one piece.
func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

func acknowledge(_ head: SignedLogHead) {
  say("ack \(head.unverified.count) \(head.unverified.digest)")
}

say("open \(ledger.head.count)")
switch arguments[1] {
case "events": try EventLoad(ledger: ledger, store: store, publication: publication).work(&random)
case "admit":
  try AdmissionLoad(
    ledger: ledger, requests: Data(contentsOf: URL(filePath: arguments[5]))
  ).work(&random)
case "close": try CaseLoad(ledger: ledger, folder: arguments[5]).work()
case "time":
  try OpeningTime(ledger: ledger, path: path, signer: signer).measure(
    accounts: Int(run), entries: UInt64(arguments[5]) ?? 0)
default: exit(64)
}

/// How long a ledger takes to open, from its first entry and from a checkpoint at its end.
struct OpeningTime {
  let ledger: Ledger
  let path: String
  let signer: LogSigner

  func measure(accounts: Int, entries: UInt64) throws {
    // A hundred decisions a second, of which proofs are remembered for ten minutes.
    var now: Timestamp { Timestamp(seconds: 1_000 + UInt64(next) / 100) }
    var next = 0
    while ledger.head.count < entries {
      let time = now
      _ = try ledger.commit(at: time) { transaction in
        for _ in 0..<4_096 {
          for event in event(next, accounts, transaction.state, time) {
            _ = try? transaction.append(event, evidence: [UInt8](repeating: 7, count: 700))
          }
          next += 1
        }
      }
    }
    say("entries \(ledger.head.count) accounts \(try ledger.withState { $0.accountCount })")
    try time("open from the first entry") { try open(.beginning) }
    try time("write a checkpoint") { _ = try ledger.checkpoint(at: now) }
    try time("open from the checkpoint") { try open(.checkpoint) }
    try time("open from the first entry, one checkpoint compared") { try open(.beginning) }
    let bytes = try SQLiteStore(opening: path, for: .reading).checkpoint()?.state.count ?? 0
    say("the checkpoint has \(bytes) bytes")
  }

  private func open(_ start: LedgerStart) throws {
    let store = try SQLiteStore(opening: path, for: .reading)
    _ = try Ledger(reading: store, of: signer.verificationKey, from: start)
  }

  private func time(_ name: String, _ body: () throws -> Void) throws {
    let start = ContinuousClock.now
    try body()
    say("\(name): \(ContinuousClock.now - start)")
  }

  private func event(
    _ number: Int, _ accounts: Int, _ state: borrowing LedgerState, _ now: Timestamp
  ) -> [LedgerEvent] {
    let name = "desk-\(number % accounts)"
    guard let epoch = state.currentEpoch else { return EventLoad.events(0, state, .empty, now) }
    guard let account = try? AccountID(name), let current = state.account(account) else {
      return EventLoad.opening(name, now)
    }
    guard let nonce = Nonce(EventLoad.digest("nonce \(number)").bytes) else { return [] }
    return [
      .proofAccepted(
        ProofRecord(
          account: account, sequence: current.sequence, epoch: epoch.epoch, kind: .initial,
          nonce: nonce, challenge: nil, expires: now.advanced(by: 600),
          until: now.advanced(by: 60), headroom: nil, isReduceOnly: false,
          basis: EventLoad.basis(current.commitment), evidence: EventLoad.digest("proof \(number)")))
    ]
  }
}

/// Openings, fills, proofs, epochs and rolls of invented accounts, in commits of one to eight.
struct EventLoad {
  let ledger: Ledger
  let store: SQLiteStore
  let publication: Publication
  static let accountCount = 8

  func work(_ random: inout SplitMix64) throws {
    var now = try ledger.withState { $0.clock.seconds } + 1
    while true {
      let size = 1 + Int(random.next() % 8)
      let choices = (0..<size).map { _ in random.next() }
      now += random.next() % 3
      let time = Timestamp(seconds: now)
      let commit = try ledger.commit(at: time) { transaction in
        for choice in choices {
          for event in Self.events(choice, transaction.state, transaction.head, transaction.time) {
            _ = try? transaction.append(event, evidence: [UInt8](repeating: 7, count: 700))
          }
        }
      }
      if let head = commit.head { acknowledge(head) }
      if random.next() % 3 == 0, let checkpoint = commit.checkpoint {
        try publication.publish(checkpoint, from: store)
      }
    }
  }

  /// What may happen next; what cannot is refused by the state.
  static func events(
    _ choice: UInt64, _ state: borrowing LedgerState, _ head: LogHead, _ now: Timestamp
  ) -> [LedgerEvent] {
    guard let epoch = state.currentEpoch else {
      let registry = RegistryRecord(registry: digest("registry"), count: 3)
      let begin: [LedgerEvent] = [.registryPublished(registry), .epochPublished(Self.epoch(1))]
      return state.eventCount == 0 ? [.chartered(charter)] + begin : begin
    }
    guard let account = try? AccountID("desk-\(choice % UInt64(accountCount))") else { return [] }
    guard let current = state.account(account) else { return opening(account.description, now) }
    switch choice >> 32 % 16 {
    case 0: return [.epochPublished(Self.epoch(epoch.epoch + 1))]
    case 1: return [.rolled(state.dueRoll(at: now))]
    case 2...8:
      guard let point = try? EncodedPoint(digest("\(account) \(current.sequence + 1)").bytes) else {
        return []
      }
      return [
        .filled(
          FillRecord(
            account: account, sequence: current.sequence, commitment: point, deltas: [],
            evidence: .zero))
      ]
    default:
      // A nonce for each place in the log: what is applied twice would be refused.
      guard let nonce = Nonce(digest("nonce \(head.count)").bytes) else { return [] }
      return [
        .proofAccepted(
          ProofRecord(
            account: account, sequence: current.sequence, epoch: epoch.epoch, kind: .initial,
            nonce: nonce, challenge: nil, expires: now.advanced(by: 600),
            until: now.advanced(by: 60), headroom: nil, isReduceOnly: false,
            basis: basis(current.commitment), evidence: digest("proof \(head.count)")))
      ]
    }
  }

  static func opening(_ name: String, _ now: Timestamp) -> [LedgerEvent] {
    guard let account = try? AccountID(name),
      let point = try? EncodedPoint(digest("\(name) 0").bytes)
    else { return [] }
    return [
      .accountOpened(
        OpeningRecord(
          account: account, registry: digest("registry"), commitment: point, sequence: 0,
          parts: [point], attestedUntil: now.advanced(by: 1_000_000), evidence: .zero))
    ]
  }

  static let charter = CharterRecord(
    previous: .zero, venue: signer.verificationKey, charter: digest("charter"), policy: digest("policy"),
    parties: digest("parties"), circuits: [CharterRecord.Listing(circuit: digest("circuit"), isConvex: true)],
    snapshotGrace: 600)

  static func basis(_ commitment: EncodedPoint) -> ProofRecord.Basis {
    ProofRecord.Basis(circuit: digest("circuit"), registry: digest("registry"), commitment: commitment)
  }

  static func digest(_ name: String) -> Digest { .sha256(of: Array(name.utf8)) }

  static func epoch(_ number: Int64) -> EpochRecord {
    EpochRecord(
      epoch: number, snapshot: digest("snapshot \(number)"),
      previous: digest("snapshot \(number - 1)"), validFrom: Timestamp(seconds: 0),
      validTo: Timestamp(seconds: 200_000_000_000), graceEpochs: 1, callInterval: 60, fillInterval: 30,
      callGrace: 30)
  }
}

/// Real requests to a real desk, all of them again and again, in batches of one to four. A request that was
/// admitted before is a replay.
struct AdmissionLoad {
  let ledger: Ledger
  let desk: Admission
  let requests: [AdmissionRequest]

  /// The ledger has its charter already.
  init(ledger: Ledger, requests: Data) throws {
    self.ledger = ledger
    self.requests = try requests.split(separator: UInt8(ascii: "\n")).map {
      try AdmissionRequest(json: Array($0))
    }
    guard let charter = try ledger.charter() else { throw LedgerFailure.notChartered }
    desk = try Admission(charter, ledger: ledger)
  }

  func work(_ random: inout SplitMix64) throws {
    while true {
      let now = try ledger.withState { $0.clock }
      let size = 1 + Int(random.next() % 4)
      let chosen = (0..<size).map { _ in requests[Int(random.next() % UInt64(requests.count))] }
      for receipt in desk.review(chosen, at: now).compactMap(\.receipt) {
        acknowledge(receipt.head)
      }
    }
  }
}
