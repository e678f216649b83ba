package import CanonicalBytes
internal import CircuitProofs
internal import CommandSupport
internal import Foundation
internal import MarginRules
internal import Solvency
internal import SolvencyProver
internal import SolvencyVerifier

/// The demonstration as text and as data.
package struct DemoReport {
  private let run: DemoRun
  private let attacks: [DemoAttack]

  package init(_ run: DemoRun, _ attacks: [DemoAttack]) {
    self.run = run
    self.attacks = attacks
  }

  /// Whether every solvent book was accepted, singly and in the batch, every insolvent one refused, and
  /// every attempt stopped.
  package var isAsItShouldBe: Bool {
    let solvent = run.outcomes.filter { $0.kind != .insolvent }
    return run.proofs.count == solvent.count
      && run.outcomes.allSatisfy { ($0.kind == .insolvent) == $0.isRefusedAsInsolvent }
      && run.single.allSatisfy(\.verdict.isAccepted)
      && run.batch == run.single.map(\.verdict)
      && attacks.allSatisfy(\.isStopped)
  }

  // MARK: One line for each kind of book

  private struct KindRow {
    let kind: BookKind
    let accounts: Int
    let accepted: Int
    let refused: Int
    let proofBytes: Int?
    let proveMilliseconds: Double
    let verifyMilliseconds: Double
  }

  private var rows: [KindRow] {
    // Verdicts stand in the order of the proofs that were made.
    var verdicts = run.single[...]
    var times: [BookKind: [Duration]] = [:]
    var accepted: [BookKind: Int] = [:]
    for outcome in run.outcomes where (try? outcome.proof.get()) != nil {
      guard let (verdict, time) = verdicts.popFirst() else { break }
      times[outcome.kind, default: []].append(time)
      accepted[outcome.kind, default: 0] += verdict.isAccepted ? 1 : 0
    }
    return BookKind.allCases.compactMap { kind in
      let outcomes = run.outcomes.filter { $0.kind == kind }
      guard !outcomes.isEmpty else { return nil }
      let proofs = outcomes.filter { (try? $0.proof.get()) != nil }
      return KindRow(
        kind: kind, accounts: outcomes.count, accepted: accepted[kind] ?? 0,
        refused: outcomes.count - proofs.count,
        proofBytes: proofs.first.flatMap { try? $0.proof.get().proof.bytes.count },
        proveMilliseconds: proofs.map(\.proveTime.milliseconds).median,
        verifyMilliseconds: (times[kind] ?? []).map(\.milliseconds).median)
    }
  }

  private var singleRate: Double {
    let seconds = run.single.reduce(0) { $0 + $1.time.milliseconds } / 1_000
    return Double(run.single.count) / max(seconds, 1e-9)
  }

  private var batchRate: Double {
    Double(run.batch.count) / max(run.batchTime.milliseconds / 1_000, 1e-9)
  }

  // MARK: Text

  package var text: String {
    let snapshot = run.venue.snapshot
    let scenarios = snapshot.groups.reduce(0) { $0 + $1.scenarios.count }
    var lines = [
      "The venue publishes a risk snapshot: \(snapshot.instruments.count) instruments, "
        + "\(snapshot.collateral.count) assets, \(scenarios) scenarios in \(snapshot.groups.count) groups.",
      "Each account commits to its book, a point of 32 bytes, and proves that the book meets a circuit.",
      "The verifier sees commitments and proofs, and nothing else of any book.", "",
    ]
    lines += kindTable + [""] + attackTable + [""]
    let cores = ProcessInfo.processInfo.activeProcessorCount
    lines += [
      "One by one, on one core:      \(singleRate.formatted(decimals: 0)) proofs per second",
      "In one batch, on \(cores) core\(cores == 1 ? ": " : "s:")     "
        + "\(batchRate.formatted(decimals: 0)) proofs per second",
      "",
      isAsItShouldBe
        ? "Every covered book was accepted, every other book and every attack was stopped."
        : "NOT as it should be: see the tables.",
    ]
    return lines.joined(separator: "\n")
  }

  private var kindTable: [String] {
    var table = TextTable([
      "books", "circuit", ">count", ">accepted", ">refused", ">proof bytes", ">prove ms", ">verify ms",
    ])
    for row in rows {
      let hasProofs = row.proofBytes != nil
      table.add([
        row.kind.rawValue, row.kind.circuit, "\(row.accounts)", "\(row.accepted)", "\(row.refused)",
        row.proofBytes.map(String.init) ?? "-",
        hasProofs ? row.proveMilliseconds.formatted(decimals: 1) : "-",
        hasProofs ? row.verifyMilliseconds.formatted(decimals: 1) : "-",
      ])
    }
    var lines = table.lines
    for reason in Set(run.outcomes.compactMap(\.refusal)).sorted() {
      lines.append("refused by the prover itself: \(reason)")
    }
    return lines
  }

  private var attackTable: [String] {
    var table = TextTable(["attack", "verdict", ""])
    for attack in attacks {
      let isCode = attack.expected != ["no proof"] && attack.result != "accepted"
      table.add([
        attack.name, (isCode ? "rejected: " : "") + attack.result,
        attack.isStopped ? "" : "EXPECTED \(attack.expected.joined(separator: " or "))",
      ])
    }
    return table.lines
  }

  // MARK: Data

  package var json: JSONValue {
    [
      "isAsItShouldBe": .bool(isAsItShouldBe),
      "snapshot": .string(run.venue.snapshot.digest.description),
      "accounts": .integer(run.outcomes.count),
      "accepted": .integer(run.single.count { $0.verdict.isAccepted }),
      "acceptedInBatch": .integer(run.batch.count { $0.isAccepted }),
      "refused": .integer(run.outcomes.count { $0.refusal != nil }),
      "kinds": .array(
        rows.map { row in
          [
            "kind": .string(row.kind.rawValue), "circuit": .string(row.kind.circuit),
            "accounts": .integer(row.accounts), "accepted": .integer(row.accepted),
            "refused": .integer(row.refused),
            "proofBytes": row.proofBytes.map { .integer($0) } ?? .null,
            "proveMilliseconds": .number(row.proveMilliseconds.formatted(decimals: 3)),
            "verifyMilliseconds": .number(row.verifyMilliseconds.formatted(decimals: 3)),
          ]
        }),
      "attacks": .array(
        attacks.map { attack in
          [
            "name": .string(attack.name), "result": .string(attack.result),
            "isStopped": .bool(attack.isStopped),
          ]
        }),
      "cores": .integer(ProcessInfo.processInfo.activeProcessorCount),
      "proofsPerSecondSingle": .number(singleRate.formatted(decimals: 1)),
      "proofsPerSecondBatch": .number(batchRate.formatted(decimals: 1)),
    ]
  }
}

extension DemoOutcome {
  /// Why the prover made no proof.
  fileprivate var refusal: String? {
    switch proof {
    case .success: nil
    case .failure(.insolvent(let row)): "\"\(row)\" fails"
    case .failure(let error): "\(error)"
    }
  }

  /// Whether the prover refused because the book does not meet the rule.
  fileprivate var isRefusedAsInsolvent: Bool {
    if case .failure(.insolvent) = proof { true } else { false }
  }
}
