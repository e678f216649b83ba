public import ArgumentParser
internal import CanonicalBytes
internal import Foundation
public import MarginRules
package import Solvency
package import SolvencyProver
public import SolvencyVerifier

/// `--snapshot`
package struct SnapshotOption: ParsableArguments {
  package init() {}

  @Option(
    name: .customLong("snapshot"), help: "The venue's risk snapshot.",
    completion: .file(extensions: ["json"]))
  package var path: String

  @Option(
    name: .customLong("registry"),
    help: ArgumentHelp(
      "The venue's list of coordinates, once it has grown: as `solvency registry grow` wrote it.",
      discussion: "Without it the list is the one that the snapshot gives.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  package var list: String?

  /// The snapshot and the list of coordinates.
  package func load() throws(ToolFailure) -> (snapshot: RiskSnapshot, registry: Registry) {
    let snapshot = try Documents.snapshot(path)
    guard let list else { return (snapshot, try Documents.registry(of: snapshot, at: path)) }
    let registry = try Documents.registryHistory(list).current
    let needed = try ToolFailure.wrapping(path) { try registry.extended(for: snapshot) }
    guard needed == registry else {
      throw ToolFailure(
        .refused, list,
        "lacks \(needed.count - registry.count) coordinates of the snapshot; `solvency registry grow` adds them"
      )
    }
    return (snapshot, registry)
  }

  /// An opening under the list of coordinates of a rule: one under a shorter list is one with zeros.
  package func opening(
    _ path: String, _ passphrase: PassphraseOptions, under registry: Registry
  ) throws(ToolFailure) -> AccountOpening {
    let opening = try Documents.opening(path, passphrase)
    guard let list, let shorter = try Documents.registryHistory(list).step(opening.registry),
      shorter != registry
    else { return opening }
    return try ToolFailure.wrapping(path) { try opening.extended(from: shorter, to: registry) }
  }

  /// An account under a list of coordinates, if it is under a shorter one: the same point.
  package func account(
    _ account: AccountCommitment, under registry: Registry
  ) throws(ToolFailure) -> AccountCommitment {
    guard let list, try Documents.registryHistory(list).step(account.registry) != nil else {
      return account
    }
    return AccountCommitment(
      account: account.account, registry: registry.digest, commitment: account.commitment,
      sequence: account.sequence)
  }
}

/// `--circuit`, `--snapshot` and `--kind`: what makes a rule.
package struct RuleOptions: ParsableArguments {
  package init() {}

  @Option(
    help: "The margin rule: a file, or the name of a circuit that `solvency circuit list` shows.",
    completion: .list(BuiltInCircuits.sources.map(\.name)))
  package var circuit: String

  @OptionGroup package var snapshot: SnapshotOption

  @Option(help: "Which requirement: initial or maintenance.")
  package var kind: MarginKind = .initial

  /// The circuit compiled under the snapshot.
  package func load() throws(ToolFailure) -> MarginRule {
    let circuit = try Documents.circuit(circuit)
    let (loaded, registry) = try snapshot.load()
    do throws(MarginRuleError) {
      return try MarginRule(circuit: circuit, snapshot: loaded, kind: kind, registry: registry)
    } catch {
      throw ToolFailure(error, of: self.circuit, under: snapshot.path)
    }
  }
}

extension MarginKind: ExpressibleByArgument {}

extension JudgedMoment: ExpressibleByArgument {}

/// A moment on the command line: RFC 3339 in UTC, or seconds since 1970.
package struct Moment: ExpressibleByArgument {
  package let timestamp: Timestamp

  package init?(argument: String) {
    // Only what is written back as it was read: no 30 February, no 24:00:00. Seconds end with the year 9999,
    // before the milliseconds of today.
    let stated = argument.allSatisfy(\.isASCII) ? Int64(argument) ?? UTCTime.seconds(argument) : nil
    guard let stated, SnapshotLimits.times.contains(stated) else { return nil }
    timestamp = Timestamp(seconds: UInt64(stated))
  }
}
