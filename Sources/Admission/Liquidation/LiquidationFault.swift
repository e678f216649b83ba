public import Liquidation
public import Solvency

/// Why a desk does not take a step of a liquidation, or an audit finds that it should not have.
public enum LiquidationFault: Error, Hashable, Sendable {
  /// No rules of liquidations are in force, or their document in the log is another one.
  case noRules
  /// The book is not the one that the account is committed to.
  case otherBook
  /// The book holds something that the snapshot in force does not list.
  case unlisted
  /// The account proved a circuit that has no plain rule in this library: its requirement cannot be told.
  case noPlainRule
  /// The plain rules of liquidations have no such step now.
  case rule(LiquidationError)
  /// The bid in this place is of another case, by a key that the rules do not list, of an account that may
  /// not bid, or there twice.
  case bid(Int)
  /// The document of the step is missing, malformed, or of a step that takes no document.
  case document
  /// No position of the case is left that only winners can take.
  case nothingStuck
  /// The snapshot that gains count from was not published here before the case's.
  case unknownReference
  /// Winners may answer until then.
  case callOpen
  /// The band is not one of the rules, or the proof is not of it: another circuit, nonce, audience, state or
  /// window.
  case otherBand
  /// The proof of the band does not hold.
  case proofInvalid
  /// The opened book in this place is of an account that proved a band, holds nothing on the winning side, or
  /// is not as the account is committed to.
  case winner(Int)
  /// The case is needed first: an account that may be closed, and its opened book.
  case openingNeeded
  /// The account that a step moves is not open.
  case unknownMover(AccountID)
}
