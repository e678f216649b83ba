internal import CanonicalBytes
internal import CommandSupport
internal import Ristretto
internal import SolvencyProver

extension InspectedFile {
  /// A kind of JSON file that its members tell, and what is said of it.
  struct Kind {
    /// Members that files of the kind have, and no other kind has all of.
    let keys: Set<String>
    /// What it is.
    let what: String
    /// Members that are shown: words, numbers and digests; of lists how many there are.
    var shown: [String] = []
    /// Whether it tells of a book, or opens one: then nothing is shown.
    var isSecret = false
  }

  /// The kinds that need no reader of their own, those with more members first.
  static let kinds: [Kind] = [
    Kind(
      keys: ["snapshot", "previous", "inputs", "configuration", "state"],
      what: "the record of a publication; `solvency snapshot verify` computes its snapshot again",
      shown: ["snapshot", "previous", "time", "inputs"]),
    Kind(
      keys: ["log", "ledger", "moment", "rule", "totals", "reserves"],
      what: "the header of a roll; `solvency roll show` says more",
      shown: ["log", "epoch", "moment", "accounts", "snapshot", "bands"]),
    Kind(
      keys: ["roll", "totals", "proof"],
      what: "totals over all hidden books of a roll, not verified; `solvency roll audit` does",
      shown: ["roll", "totals"]),
    Kind(
      keys: ["salt", "opened", "opening"], what: "a line of the openings of a roll", isSecret: true),
    Kind(
      keys: ["roll", "start", "end", "subtrees", "sum"],
      what: "the audit of a part of a roll; `solvency roll merge` adds it to others",
      shown: ["roll", "start", "end", "solvent", "bounded", "opened", "bands", "shortfall", "findingCount"]),
    Kind(
      keys: ["account", "threshold", "members", "points", "shares"],
      what: "an opening sealed to a committee; `solvency escrow check` compares it with its seal",
      shown: ["threshold", "members"]),
    Kind(
      keys: ["venueKey", "custodians", "schedule"], what: "a desk; `solvency ledger` works with its folder",
      shown: ["venue", "venueKey", "custodians", "matchingEngines", "convex"]),
    Kind(
      keys: ["kind", "transcriptLabel", "commitments", "proof"],
      what: "a reciprocal range proof, not verified; `solvency range verify` does",
      shown: ["kind", "transcriptLabel", "n", "commitments"]),
    Kind(
      keys: ["transcriptLabel", "n", "commitments", "proof"],
      what: "a range proof, not verified; `solvency range verify` does",
      shown: ["transcriptLabel", "n", "commitments", "padding"]),
    Kind(
      keys: ["id", "title", "stepSeconds", "steps"],
      what: "a scenario; `solvency stress run` puts a venue through it",
      shown: ["id", "title", "stepSeconds", "steps"]),
    Kind(
      keys: ["terms", "layers", "deleveraging", "liquidators", "rankEdges"],
      what: "rules of liquidations; `solvency ledger rules` puts them in force",
      shown: ["layers", "deleveraging", "liquidators", "rankEdges", "callSeconds"]),
    Kind(
      keys: ["liquidated", "instrument", "winningSide", "gainPpm", "edges"],
      what: "a call of winners; `solvency liquidation band` answers it",
      shown: ["liquidated", "instrument", "winningSide", "gainPpm", "edges", "deadline"]),
    Kind(
      keys: ["liquidated", "rank", "size", "proof"],
      what: "an answer to a call of winners, its proof not verified; `solvency ledger band` takes it",
      shown: ["liquidated", "rank", "size"]),
    Kind(
      keys: ["subtitle", "verdict", "scenarios", "remedies"],
      what: "the result of a stress run; `solvency stress report` writes its page",
      shown: ["subtitle", "verdict", "scenarios", "remedies"]),
    Kind(
      keys: ["lots", "deficit", "winners"],
      what: "a position and its winners; `solvency liquidation adl` shows whom each policy closes against",
      shown: ["lots", "deficit", "winners"]),
    Kind(
      keys: ["loss"], what: "a loss and who may bear it; `solvency liquidation waterfall` shows who does",
      shown: ["loss", "penaltyPot", "layers", "backstop", "gains"]),
    Kind(
      keys: ["bids"], what: "bids of auctions; `solvency liquidation auction` or `run` clears them",
      shown: ["bids", "fund", "backstop"]),
    Kind(
      keys: ["epoch", "time", "failures", "underlyings", "instruments", "assets"],
      what: "the state of the margin engine after an epoch", shown: ["epoch", "time"]),
    Kind(
      keys: ["policy", "accepted", "questions"], what: "a guard: which questions about books were answered",
      isSecret: true),
    Kind(keys: ["member", "package", "share"], what: "a member's share of a sealed opening", isSecret: true),
    Kind(keys: ["salt", "pledges"], what: "a custodian's register", isSecret: true),
    Kind(keys: ["fill", "blinding"], what: "a hidden fill, NOT encrypted", isSecret: true),
    Kind(
      keys: ["names", "steps"], what: "a list of coordinates; `solvency registry show` lists them",
      shown: ["names", "steps"]),
    Kind(keys: ["role", "key"], what: "the public part of a key", shown: ["role", "key"]),
    Kind(
      keys: ["observations"], what: "a dated stress table; `solvency snapshot build --stress` reads it",
      shown: ["observations"]),
    Kind(
      keys: ["parameters"],
      what: "a configuration of the margin engine; `solvency snapshot config --config` checks it",
      shown: ["parameters", "underlyings", "instruments", "assets", "stress"]),
  ]

  /// Kinds whose members may all be missing, each with members that no other kind has.
  private static let optionalKinds: [(any: Set<String>, kind: Kind)] = [
    (
      [
        "targetPpm", "warningPpm", "fullClosePpm", "slippagePpm", "penaltyLeastPpm", "penaltyMostPpm",
        "penaltyFloorPpm", "liquidatorSharePpm", "insuranceSharePpm", "auction",
      ],
      Kind(
        keys: [], what: "terms of liquidations; `solvency liquidation plan --terms` goes by them",
        shown: ["targetPpm", "warningPpm", "fullClosePpm", "dust", "penaltyLeastPpm", "penaltyMostPpm"])
    ),
    (
      [
        "fundShare", "firstLayerShare", "backstopShare", "liquidatorCapacity", "liquidatorProfit", "impact",
        "impactHalfLife", "crossImpact", "makersLeaveAt", "makersLeft", "agents", "liquidation",
        "liquidators", "backstopDiscountPpm",
      ],
      Kind(
        keys: [],
        what: "a venue of the stress laboratory; `solvency stress run --venue` puts it through scenarios",
        shown: ["fundShare", "backstopShare", "deleveraging", "liquidators", "impact", "agents"])
    ),
  ]

  /// The report on a file of one of ``kinds``, or nil.
  func known(_ node: JSONNode, keys: Set<String>) -> Report? {
    guard
      let kind = Self.kinds.first(where: { $0.keys.isSubset(of: keys) })
        ?? Self.optionalKinds.first(where: { !$0.any.isDisjoint(with: keys) })?.kind
    else { return nil }
    guard !kind.isSecret else { return secret(kind.what) }
    guard case .object(let members) = node.value else { return nil }
    let rows = kind.shown.compactMap { name in
      members.first { $0.key == name }.map { (name, Self.text(of: $0.value)) }
    }
    return report(kind.what, rows)
  }

  /// The report on a file that is not JSON and no circuit, or nil.
  func binary() -> Report? {
    func begins(with text: String) -> Bool { bytes.starts(with: text.utf8) }
    if begins(with: "solvency signkey") { return secret("a signing key under a passphrase") }
    if begins(with: "solvency escrkey") { return secret("a key of an escrow committee under a passphrase") }
    if begins(with: "SQLite format 3") {
      return report("a database, such as that of a ledger; `solvency ledger status` checks its folder", [])
    }
    if begins(with: "c2sp.org/tlog-proof@v1\n") {
      return report("a receipt of a log, not verified; `solvency log verify` does", [])
    }
    let head = String(decoding: bytes.prefix(64), as: UTF8.self)
    if head.contains("solvency/log/v1") {
      return report("an exported log of a ledger; `solvency audit` checks it", [("bytes", "\(bytes.count)")])
    }
    let lines = String(decoding: bytes.prefix(4_096), as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    if lines.contains(where: { $0.hasPrefix("\u{2014} ") }), lines.count >= 4 {
      return report(
        "a signed note, such as the checkpoint of a log, not verified; `solvency log verify` does",
        [("origin", String(lines[0])), ("size", String(lines[1]))])
    }
    return nil
  }

  /// A word, number or digest as it stands; of a list or an object how many it has.
  private static func text(of value: JSONValue) -> String {
    switch value {
    case .string(let text), .number(let text): text
    case .array(let elements): "\(elements.count)"
    case .object(let members): "\(members.count)"
    case .bool(let flag): flag ? "true" : "false"
    case .null: "none"
    }
  }
}
