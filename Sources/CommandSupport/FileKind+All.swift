extension FileKind {
  /// Every kind of JSON file, each before those that have some of its members only.
  static let all: [FileKind] = [
    .request, .group, .proof, .snapshot, .account, .fill, .signed, .summary, .publicationRecord, .rollHeader,
    .exposure, .rollOpening, .partialAudit, .escrowPackage, .desk, .reciprocalProof, .rangeProof, .scenario,
    .liquidationRules, .deleveragingCall, .deleveragingAnswer, .stressResult, .winners, .loss, .bids,
    .engineState, .snapshotGuard, .escrowShare, .custodianRegister, .hiddenFill, .registry, .publicKey,
    .stressTable, .configuration, .liquidationTerms, .venue, .rangeValues, .verdicts, .openedAccounts,
    .margins,
    .plainOpening, .book, .listing, .housePositions,
  ]

  // MARK: JSON

  package static let request = FileKind(
    "a request for admission", keys: ["salt", "order", "proof"])

  package static let group = FileKind(
    "a proof about a group of accounts", ", not verified; `solvency roll audit` does",
    keys: ["suite", "proof", "members"])

  package static let proof = FileKind(
    "a proof", ", not verified", keys: ["suite", "proof"])

  package static let snapshot = FileKind(
    "a risk snapshot", ", well formed, not compared with any signature", keys: ["instruments", "tiers"])

  package static let account = FileKind(
    "an account commitment", ", public", keys: ["account", "commitment", "sequence"])

  package static let fill = FileKind(
    "a fill", keys: ["account", "deltas"])

  package static let signed = FileKind(
    "a signed document", keys: ["kind", "content", "signature"])

  package static let summary = FileKind(
    "a summary of verify", "; `solvency verify merge` adds it to others",
    keys: ["terms", "inputs", "accepted"])

  package static let publicationRecord = FileKind(
    "the record of a publication", "; `solvency snapshot verify` computes its snapshot again",
    keys: ["snapshot", "previous", "inputs", "configuration", "state"],
    shown: ["snapshot", "previous", "time", "inputs"])

  package static let rollHeader = FileKind(
    "the header of a roll", "; `solvency roll show` says more",
    keys: ["log", "ledger", "moment", "rule", "totals", "reserves"],
    shown: ["log", "epoch", "moment", "accounts", "snapshot", "bands"])

  package static let exposure = FileKind(
    "totals over all hidden books of a roll", ", not verified; `solvency roll audit` does",
    keys: ["roll", "totals", "proof"], shown: ["roll", "totals"])

  package static let rollOpening = FileKind(
    "a line of the openings of a roll", keys: ["salt", "opened", "opening"], isSecret: true)

  package static let partialAudit = FileKind(
    "the audit of a part of a roll", "; `solvency roll merge` adds it to others",
    keys: ["roll", "start", "end", "subtrees", "sum"],
    shown: ["roll", "start", "end", "solvent", "bounded", "opened", "bands", "shortfall", "findingCount"])

  package static let escrowPackage = FileKind(
    "an opening sealed to a committee", "; `solvency escrow check` compares it with its seal",
    keys: ["account", "threshold", "members", "points", "shares"], shown: ["threshold", "members"])

  package static let desk = FileKind(
    "a desk", "; `solvency ledger` works with its folder", keys: ["venueKey", "custodians", "schedule"],
    shown: ["venue", "venueKey", "custodians", "matchingEngines", "convex"])

  package static let reciprocalProof = FileKind(
    "a reciprocal range proof", ", not verified; `solvency range verify` does",
    keys: ["kind", "transcriptLabel", "commitments", "proof"],
    shown: ["kind", "transcriptLabel", "n", "commitments"])

  package static let rangeProof = FileKind(
    "a range proof", ", not verified; `solvency range verify` does",
    keys: ["transcriptLabel", "n", "commitments", "proof"],
    shown: ["transcriptLabel", "n", "commitments", "padding"])

  package static let scenario = FileKind(
    "a scenario", "; `solvency stress run` puts a venue through it",
    keys: ["id", "title", "stepSeconds", "steps"], shown: ["id", "title", "stepSeconds", "steps"])

  package static let liquidationRules = FileKind(
    "rules of liquidations", "; `solvency ledger rules` puts them in force",
    keys: ["terms", "layers", "deleveraging", "liquidators", "rankEdges"],
    shown: ["layers", "deleveraging", "liquidators", "rankEdges", "callSeconds"])

  package static let deleveragingCall = FileKind(
    "a call of winners", "; `solvency liquidation band` answers it",
    keys: ["liquidated", "instrument", "winningSide", "gainPpm", "edges"],
    shown: ["liquidated", "instrument", "winningSide", "gainPpm", "edges", "deadline"])

  package static let deleveragingAnswer = FileKind(
    "an answer to a call of winners", ", its proof not verified; `solvency ledger band` takes it",
    keys: ["liquidated", "rank", "size", "proof"], shown: ["liquidated", "rank", "size"])

  package static let stressResult = FileKind(
    "the result of a stress run", "; `solvency stress report` writes its page",
    keys: ["subtitle", "verdict", "scenarios", "remedies"],
    shown: ["subtitle", "verdict", "scenarios", "remedies"])

  package static let winners = FileKind(
    "a position and its winners", "; `solvency liquidation adl` shows whom each policy closes against",
    keys: ["lots", "deficit", "winners"], shown: ["lots", "deficit", "winners"])

  package static let loss = FileKind(
    "a loss and who may bear it", "; `solvency liquidation waterfall` shows who does", keys: ["loss"],
    shown: ["loss", "penaltyPot", "layers", "backstop", "gains"])

  package static let bids = FileKind(
    "bids of auctions", "; `solvency liquidation auction` or `run` clears them", keys: ["bids"],
    shown: ["bids", "fund", "backstop"])

  package static let engineState = FileKind(
    "the state of the margin engine after an epoch",
    keys: ["epoch", "time", "failures", "underlyings", "instruments", "assets"], shown: ["epoch", "time"])

  package static let snapshotGuard = FileKind(
    "a guard", ": which questions about books were answered", keys: ["policy", "accepted", "questions"],
    isSecret: true)

  package static let escrowShare = FileKind(
    "a member's share of a sealed opening", keys: ["member", "package", "share"], isSecret: true)

  package static let custodianRegister = FileKind(
    "a custodian's register", keys: ["salt", "pledges"], isSecret: true)

  package static let hiddenFill = FileKind(
    "a hidden fill, NOT encrypted", keys: ["fill", "blinding"], isSecret: true)

  package static let registry = FileKind(
    "a list of coordinates", "; `solvency registry show` lists them", keys: ["names", "steps"],
    shown: ["names", "steps"])

  package static let publicKey = FileKind(
    "the public part of a key", keys: ["role", "key"], shown: ["role", "key"])

  package static let stressTable = FileKind(
    "a dated stress table", "; `solvency snapshot build --stress` reads it", keys: ["observations"],
    shown: ["observations"])

  package static let configuration = FileKind(
    "a configuration of the margin engine", "; `solvency snapshot config --config` checks it",
    keys: ["parameters"], shown: ["parameters", "underlyings", "instruments", "assets", "stress"])

  package static let liquidationTerms = FileKind(
    "terms of liquidations", "; `solvency liquidation plan --terms` goes by them",
    any: [
      "targetPpm", "warningPpm", "fullClosePpm", "slippagePpm", "penaltyLeastPpm", "penaltyMostPpm",
      "penaltyFloorPpm", "liquidatorSharePpm", "insuranceSharePpm", "auction",
    ], shown: ["targetPpm", "warningPpm", "fullClosePpm", "dust", "penaltyLeastPpm", "penaltyMostPpm"])

  package static let venue = FileKind(
    "a venue of the stress laboratory", "; `solvency stress run --venue` puts it through scenarios",
    any: [
      "fundShare", "firstLayerShare", "backstopShare", "liquidatorCapacity", "liquidatorProfit", "impact",
      "impactHalfLife", "crossImpact", "makersLeaveAt", "makersLeft", "agents", "liquidation", "liquidators",
      "backstopDiscountPpm",
    ], shown: ["fundShare", "backstopShare", "deleveraging", "liquidators", "impact", "agents"])

  package static let rangeValues = FileKind(
    "values for a range proof", keys: ["transcriptLabel", "values"], isSecret: true)

  package static let verdicts = FileKind(
    "verdicts of verify", "; those with `error` ended early", keys: ["verdicts", "summary"],
    shown: ["verdicts"])

  package static let openedAccounts = FileKind(
    "books that were opened for a deleveraging", keys: ["opened"], isSecret: true)

  package static let margins = FileKind(
    "margins of a venue", ", as `solvency margin import` writes them",
    keys: ["source", "margins", "notRepresented"], shown: ["source", "margins", "notRepresented", "findings"])

  package static let plainOpening = FileKind(
    "an opening that is NOT encrypted", keys: ["values", "blinding"], isSecret: true)

  package static let book = FileKind(
    "a book", keys: ["account", "cash"], isSecret: true)

  package static let listing = FileKind(
    "a listing of market data", "; `solvency market check` reads its folder",
    keys: ["underlyings", "instruments"])

  package static let housePositions = FileKind(
    "a venue's own positions", "; `solvency roll build --house` takes them", keys: ["positions"],
    shown: ["positions"])

  // MARK: Text and bytes

  package static let opening = FileKind(
    "an encrypted opening", isSecret: true)

  package static let signingKey = FileKind(
    "a signing key under a passphrase", isSecret: true)

  package static let escrowKey = FileKind(
    "a key of an escrow committee under a passphrase", isSecret: true)

  package static let circuit = FileKind(
    "a circuit", "; `solvency circuit check` judges it under a snapshot")

  package static let database = FileKind(
    "a database", ", such as that of a ledger; `solvency ledger status` checks its folder")

  package static let receipt = FileKind(
    "a receipt of a log", ", not verified; `solvency log verify` does")

  package static let log = FileKind(
    "an exported log of a ledger", "; `solvency audit` checks it")

  package static let checkpoint = FileKind(
    "a signed note", ", such as the checkpoint of a log, not verified; `solvency log verify` does")

  package static let witnessRequest = FileKind(
    "a request to a witness of a log", "; `solvency log witness` answers it")

  package static let droughtObservations = FileKind(
    "observations of depth and droughts", "; `solvency drought fit` fits to them")

  package static let unknownJSON = FileKind(
    "JSON of a kind that is not known here")

  package static let noteKey = FileKind(
    "a key of a log or a witness", "; `solvency log verify --log` takes it")

  package static let page = FileKind("a page for a browser")

  package static let trustPolicy = FileKind(
    "a policy of logs and witnesses", "; `solvency log verify --policy` goes by it")

  /// Something that is signed, of the kind that its own file names.
  package static func signed(_ kind: String) -> FileKind {
    FileKind("a signed \(kind)", keys: signed.keys)
  }
}
