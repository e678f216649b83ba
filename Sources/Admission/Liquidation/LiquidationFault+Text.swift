internal import Liquidation
internal import Solvency

extension LiquidationFault: CustomStringConvertible {
  /// The fault in one line, and what to do.
  public var description: String {
    switch self {
    case .noRules: "no rules of liquidations are in force; state them with `ledger rules`"
    case .otherBook: "is not the book that the account is committed to; apply the fills since it was sealed"
    case .unlisted: "holds something that the snapshot in force does not list"
    case .noPlainRule:
      "the account proved a circuit of the venue's own, whose requirement has no plain rule here: close it by hand"
    case .rule(.healthy): "the account meets its maintenance requirement: nobody may close it"
    case .rule(.auctionClosed): "nothing of the case can be done now"
    case .rule(let error): "the case has no such step: \(error)"
    case .bid(let place):
      "bid \(place + 1) is of another case, not signed by a liquidator of the rules, of an account that may not bid, or there twice"
    case .document: "is not a document of this step, or not in its one form"
    case .nothingStuck: "no position is left that only winners can take"
    case .unknownReference: "the snapshot that gains count from was not published here before the case's"
    case .callOpen: "winners may still answer the call"
    case .otherBand:
      "does not answer the call: it is of another band, circuit, snapshot, state or time; prove it anew"
    case .proofInvalid: "the proof of the band does not hold"
    case .winner(let place):
      "opened book \(place + 1) is of an account that proved a band or holds nothing on the winning side, or is not its book"
    case .openingNeeded: "no case is open; give the account's opened book with --opening"
    case .unknownMover(let account): "\(account) has a case of its own, and can take nothing"
    }
  }
}
