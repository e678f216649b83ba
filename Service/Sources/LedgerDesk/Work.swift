import Admission
import Foundation
import PostgresStore
import WriterElection

/// Fills of invented accounts, one a commit, each with a name of its own in its document.
struct Work {
  private static let accountCount = 8
  private let ledger: Ledger
  private let host: LedgerHost
  private let name: String
  private let pause: UInt32
  private let venue: VerificationKey

  init(
    _ configuration: PostgresConfiguration, signer: LogSigner, name: String, pause: UInt32, takesTurns: Bool
  ) throws {
    let observer: @Sendable (PostgresEvent) -> Void = { event in
      switch event {
      case .lost, .connected: break
      default: say("note \(event)")
      }
    }
    let seat = takesTurns ? nil : WriterSeat(configuration, name: name, observer: observer)
    ledger = try Self.patiently {
      let store = try PostgresStore(configuration, creating: true, seat: seat, observer: observer)
      return try Ledger(store: store, signer: signer, checkpoints: CheckpointSchedule(interval: 500))
    }
    venue = signer.verificationKey
    (self.name, self.pause) = (name, pause)
    host = LedgerHost(ledger, election: seat ?? SoleWriter() as any WriterElection)
    seat?.start()
    host.start()
  }

  /// A desk may begin while its server does.
  private static func patiently<Value>(_ step: () throws -> Value) throws -> Value {
    let deadline = Date.now + 300
    while true {
      do {
        return try step()
      } catch {
        guard Date.now < deadline else { throw error }
        usleep(100_000)
      }
    }
  }

  func run() {
    say("open \(ledger.head.count)")
    var shown: WriterRole?
    var number = 0
    while true {
      let role = host.role
      if role != shown {
        say("role \(role) at \(ledger.head.count)")
        shown = role
      }
      guard role.mayWrite else {
        usleep(10_000)
        continue
      }
      number += 1
      record("\(name)/\(ProcessInfo.processInfo.processIdentifier)/\(number)")
      usleep(pause * 1_000)
    }
  }

  private func record(_ id: String) {
    // Bytes that name this commit and no other, as long as a proof's.
    let evidence = Array(id.utf8) + [UInt8](repeating: 0, count: 1_500)
    do throws(LedgerFailure) {
      let commit = try ledger.commit(at: .now) { transaction in
        for event in Self.events(for: id, in: transaction.state, venue: venue) {
          _ = try? transaction.append(event, evidence: evidence)
        }
      }
      guard let head = commit.head else { return say("nothing \(id)") }
      say("ack \(id) \(head.unverified.count) \(head.unverified.digest)")
    } catch .store(.undecided) {
      say("undecided \(id)")
    } catch {
      say("failed \(id) \(error)")
    }
  }

  /// What may happen next; the first desk founds the ledger.
  private static func events(
    for id: String, in state: borrowing LedgerState, venue: VerificationKey
  ) -> [LedgerEvent] {
    func digest(_ text: String) -> Digest { .sha256(of: Array(text.utf8)) }
    guard state.currentEpoch != nil else {
      let charter = CharterRecord(
        previous: .zero, venue: venue, charter: digest("charter"), policy: digest("policy"),
        parties: digest("parties"), circuits: [.init(circuit: digest("circuit"), isConvex: true)],
        snapshotGrace: 600)
      let epoch = EpochRecord(
        epoch: 1, snapshot: digest("snapshot"), previous: digest("none"), validFrom: Timestamp(seconds: 0),
        validTo: Timestamp(seconds: 200_000_000_000), graceEpochs: 1, callInterval: 60, fillInterval: 30,
        callGrace: 30)
      return [
        .chartered(charter), .registryPublished(RegistryRecord(registry: digest("registry"), count: 3)),
        .epochPublished(epoch),
      ]
    }
    let number = digest(id).bytes.first.map { Int($0) } ?? 0
    guard let account = try? AccountID("account-\(number % accountCount)") else { return [] }
    guard let current = state.account(account) else {
      guard let point = try? EncodedPoint(digest("\(account)").bytes) else { return [] }
      return [
        .accountOpened(
          OpeningRecord(
            account: account, registry: digest("registry"), commitment: point, sequence: 0, parts: [point],
            attestedUntil: Timestamp(seconds: 200_000_000_000), evidence: digest(id)))
      ]
    }
    guard let point = try? EncodedPoint(digest("\(id)").bytes) else { return [] }
    return [
      .filled(
        FillRecord(
          account: account, sequence: current.sequence, commitment: point, deltas: [], evidence: digest(id)))
    ]
  }
}
