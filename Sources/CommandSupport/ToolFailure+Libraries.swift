internal import CanonicalBytes
internal import CircuitLanguage
internal import CircuitProofs
internal import Liquidation
internal import MarginRules
internal import MarketData
internal import RangeProofs
internal import RiskEngine
package import Solvency
internal import SolvencyProver

extension ToolFailure {
  /// Runs a step on a file or option; whatever it throws becomes a failure at that place.
  package static func wrapping<Result: ~Copyable>(
    _ place: String, _ step: () throws -> Result
  ) throws(ToolFailure) -> Result {
    do {
      return try step()
    } catch {
      throw ToolFailure(error, in: InputFile.name(place))
    }
  }

  /// The one place that says what an error of the libraries means for whoever runs the command.
  private init(_ error: any Error, in place: String) {
    func malformed(_ problem: String) -> ToolFailure {
      ToolFailure(.malformedInput, place, problem)
    }
    self =
      switch error {
      case let failure as ToolFailure: failure
      case let error as DocumentError: malformed(error.description)
      case let error as SnapshotError: malformed(error.description)
      case let error as FileError: malformed(error.description)
      case let error as MarketDataError:
        error.problem == .missing
          ? ToolFailure(.missingInput, place, error.description) : malformed(error.description)
      case let error as ConfigurationError: malformed(error.description)
      case let error as PublicationError: malformed(error.description)
      case let error as CalibrationError: malformed(error.description)
      case let error as CircuitError: ToolFailure(error, in: place)
      case MarginRuleError.circuit(let error): ToolFailure(error, in: place)
      case let error as MarginRuleError: malformed("makes no rule: \(error)")
      case let error as RegistryError: malformed("gives no list of coordinates: \(error)")
      case let error as LiquidationError: malformed("has no result: \(error)")
      case let error as BookError: malformed(error.advice)
      case let error as OpeningFileError: malformed(error.advice)
      case let error as OpeningError: malformed(error.advice)
      case let error as FillError: malformed(error.advice)
      case let error as ProverError: ToolFailure(error, in: place)
      case let error as RangeProvingError: ToolFailure(error, in: place)
      default:
        ToolFailure(signing: error, in: place) ?? ToolFailure(ledger: error, in: place)
          ?? ToolFailure(log: error, in: place)
          ?? ToolFailure(
            .internalFault, place, "unexpected: \(error); this is a defect, please report it")
      }
  }

  /// A rule that does not come about. A circuit that comes with the command is in order: what it cannot be compiled
  /// under is the snapshot.
  package init(_ error: MarginRuleError, of circuit: String, under snapshot: String) {
    guard BuiltInCircuits.sources.contains(where: { $0.name == circuit }),
      case .circuit(let mistakes) = error, let first = mistakes.diagnostics.first
    else {
      self.init(error as any Error, in: InputFile.name(circuit))
      return
    }
    self.init(
      .malformedInput, snapshot, "is not one that the circuit \(circuit) compiles under: \(first.message)",
      details: mistakes.description)
  }

  /// A circuit that does not compile, with its excerpts.
  private init(_ error: CircuitError, in place: String) {
    let count = error.diagnostics.count + error.omittedCount
    self.init(
      .malformedInput, place, "has \(count) mistake\(count == 1 ? "" : "s"); see below",
      details: error.description)
  }

  private init(_ error: ProverError, in place: String) {
    switch error {
    case .wrongRegistry:
      self.init(
        .malformedInput, place,
        "was made for another list of instruments and assets; use the snapshot it was committed under")
    case .emptyWindow, .expiredWindow:
      self.init(.usage, "--valid-for", "the proof would have expired already; choose a later end")
    case .insolvent(let row):
      self.init(
        .refused, place,
        "the book does not meet the rule: \"\(row)\" fails; run `solvency explain` to see by how much")
    case .beyondCircuit(let name):
      self.init(
        .refused, place,
        "the book is beyond what the circuit has room for at \(name); that says nothing about solvency")
    case .opening(let error):
      self.init(.malformedInput, place, error.advice)
    case .proving, .inconsistent, .selfVerification:
      self.init(.internalFault, place, "no proof was made: \(error); this is a defect, please report it")
    }
  }
}

extension ToolFailure {
  fileprivate init(_ error: RangeProvingError, in place: String) {
    switch error {
    case .unsupportedCount(let count):
      self.init(.malformedInput, place, "has \(count) values; a proof is for 1 to 64, or to 32 with bounds")
    case .wrongBlindingCount(let expected, let actual):
      self.init(.malformedInput, place, "has \(actual) blindings for \(expected) values")
    case .valueOutOfRange(let index):
      self.init(.refused, place, "values[\(index)] has more than n bits, or is outside the bounds")
    case .boundsTooWide:
      self.init(.malformedInput, place, "upper - lower has more than n bits; use a larger n")
    case .selfVerification:
      self.init(.internalFault, place, "no proof was made: \(error); this is a defect, please report it")
    }
  }
}

extension BookError {
  /// The amount at fault and the coordinate that it is of, for errors of one amount.
  var place: (path: String, coordinate: String)? {
    switch self {
    case .notAnInteger(let path), .notWholeLots(let path, _), .otherAsset(let path, _):
      BookAmounts.coordinate(of: path).map { (path, $0) }
    default: nil
    }
  }

  var advice: String {
    switch self {
    case .document(let error): error.description
    case .notJSON(let position):
      "is not JSON" + (position.map { " at line \($0.line), column \($0.column)" } ?? "")
    case .unsupportedVersion: "has a version that is not known here; this program reads version 1"
    case .invalidAccount: "account: write 1 to 128 bytes of printable text"
    case .unknownCoordinate(let path): "\(path): the snapshot lists no such instrument or asset"
    case .notAnInteger(let path):
      "\(path): write a whole number of lots in decimal digits, or an amount with its asset, such as \"0.5633 BTC\""
    case .notWholeLots(let path, let lot): "\(path): is no whole number of lots of \(lot.text)"
    case .otherAsset(let path, let lot): "\(path): is in another asset; it counts lots of \(lot.text)"
    case .outOfRange(let path): "\(path): is out of range; lots stay below 2^40, cash below 2^62"
    }
  }
}

extension OpeningFileError {
  fileprivate var advice: String {
    switch self {
    case .notAnOpeningFile: "is not an opening; name the file account.opening that `commit` wrote"
    case .unsupportedVersion(let version):
      "has version \(version), which is not known here; this program reads version 1"
    case .truncated: "ends early; restore it from a copy"
    case .costOutOfBounds: KeyDerivationCost.advice
    case .wrongPassphrase: "the passphrase does not open it; try again"
    case .tampered: "was changed after it was written; restore it from a copy"
    case .malformedContents: "holds no opening; restore it from a copy"
    case .outOfMemory: "there is not enough memory to derive its key"
    }
  }
}

extension OpeningError {
  fileprivate var advice: String {
    switch self {
    case .mismatch(let part): "does not open this account: the \(part) differs"
    case .fill(let error): error.advice
    case .generators(let error): "cannot be committed to: \(error)"
    }
  }
}

extension FillError {
  fileprivate var advice: String {
    switch self {
    case .noDeltas: "the fill changes nothing; name at least one coordinate"
    case .zeroDelta(let name): "\(name) changes by zero; leave it out"
    case .amountOutOfRange(let name): "\(name) would leave its range"
    case .duplicateCoordinate(let name): "\(name) is named twice"
    case .unknownCoordinate(let name): "the snapshot has no coordinate \(name)"
    case .wrongAccount: "the fill is for another account"
    case .wrongSequence(let expected, let actual):
      "the fill applies to sequence \(actual), the account is at \(expected)"
    case .wrongRegistry: "was made under another snapshot's list of coordinates"
    case .undecodableDelta: "what the hidden fill adds is no point"
    case .chargeOfOtherThanCash:
      "a charge moves cash and nothing else; leave the other changes out, or --charge"
    }
  }
}

extension KeyDerivationCost {
  /// What is said of a file that asks for another amount of work.
  static let advice =
    "asks for less or more work than a passphrase takes: from \(interactive.operations) passes over "
    + "\(interactive.memory >> 20) MiB to \(limit.operations) over \(limit.memory >> 20) MiB; restore it from a copy"
}
