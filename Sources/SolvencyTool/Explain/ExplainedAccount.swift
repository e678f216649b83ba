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
  func facts(_ rule: MarginRule, _ explanation: AccountExplanation) -> [(String, String)] {
    let snapshot = rule.snapshot
    func time(_ seconds: Int64) -> String { UTCTime.text(seconds) }
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
      (
        "epoch",
        "\(snapshot.epoch) of the venue that published it, prices as of \(time(snapshot.asOf)), in force from "
          + "\(time(snapshot.validFrom)) until \(time(snapshot.validTo))"
      ),
      ("regime", "\(snapshot.regime.rawValue), halt level \(snapshot.haltLevel)"),
      ("registry", "\(rule.key.registry), \(rule.registry.count) coordinates"),
    ]
    if let note = snapshot.note { facts.append(("note of the snapshot", note)) }
    return facts
  }

  /// What one unit of a coordinate is.
  static func unit(_ coordinate: String, in snapshot: RiskSnapshot) -> String {
    if coordinate == Registry.cash { return "0.000001 USD" }
    for instrument in snapshot.instruments where coordinate == Registry.position(instrument.id) {
      return instrument.lot
    }
    for asset in snapshot.collateral
    where coordinate == Registry.holding(asset.id) || coordinate == Registry.debt(asset.id) {
      return asset.lot
    }
    return ""
  }
}
