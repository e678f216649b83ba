internal import CanonicalBytes
internal import CommandSupport
internal import MarginRules
internal import Solvency
internal import SolvencyProver

/// Whose book is explained, and which files say so.
struct ExplainedAccount {
  /// The book or opening.
  let file: String
  let account: AccountID
  /// What anybody else knows the book by; nil for a book that no commitment was made to.
  let commitment: AccountCommitment?
  /// The file of the snapshot.
  let snapshotFile: String

  /// What the explanation is about, as names with what they stand for, under a rule.
  func facts(
    _ rule: MarginRule, _ explanation: AccountExplanation, _ validity: SnapshotValidity
  ) -> [(String, String)] {
    let snapshot = rule.snapshot
    let positions = explanation.amounts.count { $0.coordinate.hasPrefix(Registry.position("")) }
    var facts = [("account", account.description)]
    if let commitment {
      facts += [
        ("commitment", "\(commitment.commitment.encoded.hex), sequence \(commitment.sequence), from \(file)"),
        ("digest of the account", Digest.sha256(of: commitment.json.encoded()).description),
      ]
    } else {
      facts.append(("commitment", "none: \(file) is a book; `solvency commit` makes an account of it"))
    }
    facts += [
      ("book", "\(file), \(positions) position\(positions == 1 ? "" : "s"); all of it is below"),
      ("circuit", "\(rule.circuitName), \(rule.key.kind.rawValue) margin, digest \(rule.key.circuit)"),
      ("snapshot", "\(snapshotFile), digest \(rule.key.snapshot)"),
      ("published as", validity.heading),
      ("regime", "\(snapshot.regime.rawValue), halt level \(snapshot.haltLevel)"),
      ("registry", "\(rule.key.registry), \(rule.registry.count) coordinates"),
    ]
    if let note = snapshot.note { facts.append(("note of the snapshot", note)) }
    return facts
  }
}
