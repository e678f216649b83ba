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

  /// The same for the bytes of a file: one that is plainly of another kind than it should be is called what
  /// it is.
  package static func wrapping<Result: ~Copyable>(
    _ place: String, _ bytes: [UInt8], as kinds: FileKind..., step: ([UInt8]) throws -> Result
  ) throws(ToolFailure) -> Result {
    try wrapping(place, bytes, as: kinds, step: step)
  }

  package static func wrapping<Result: ~Copyable>(
    _ place: String, _ bytes: [UInt8], as kinds: [FileKind], step: ([UInt8]) throws -> Result
  ) throws(ToolFailure) -> Result {
    do throws(ToolFailure) {
      return try wrapping(place) { try step(bytes) }
    } catch {
      if error.kind == .malformedInput { try FileKind.check(bytes, at: place, is: kinds) }
      throw error
    }
  }

  /// The one place that says what an error of the libraries means for the user of the command.
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
        ToolFailure(error, in: place)
      case let error as ConfigurationError: malformed(error.description)
      case let error as PublicationError: malformed(error.description)
      case let error as CalibrationError: malformed(error.description)
      case let error as CircuitError: ToolFailure(error, in: place)
      case MarginRuleError.circuit(let error): ToolFailure(error, in: place)
      case let error as MarginRuleError: malformed("makes no rule: \(error)")
      case let error as RegistryError: malformed("gives no list of coordinates: \(error)")
      case let error as LiquidationError: malformed("has no result: \(error)")
      case let error as BookError: malformed(error.description)
      case let error as OpeningFileError: malformed(error.description)
      case let error as OpeningError: malformed(error.description)
      case let error as FillError: malformed(error.description)
      case let error as ProverError: ToolFailure(error, in: place)
      case let error as RangeProvingError: ToolFailure(error, in: place)
      default:
        ToolFailure(signing: error, in: place) ?? ToolFailure(ledger: error, in: place)
          ?? ToolFailure(log: error, in: place)
          ?? ToolFailure(
            .internalFault, place, "unexpected: \(error); this is a defect, please report it")
      }
  }

  /// A rule that does not come about. A circuit that comes with the command is in order: what it cannot be
  /// compiled under is the snapshot.
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

  /// A fault in a file of market data, which may be one of a directory.
  private init(_ error: MarketDataError, in place: String) {
    let kind: Kind = error.problem == .missing ? .missingInput : .malformedInput
    if error.file == place || error.file.hasPrefix(place + ":") {
      self.init(kind, error.place, "\(error.problem)")
    } else {
      self.init(kind, place, error.description)
    }
  }

  private init(_ error: ProverError, in place: String) {
    switch error {
    case .wrongRegistry, .opening: self.init(.malformedInput, place, error.description)
    case .emptyWindow, .expiredWindow: self.init(.usage, "--valid-for", error.description)
    case .insolvent:
      self.init(.refused, place, "\(error.description); run `solvency explain` to see by how much")
    case .beyondCircuit: self.init(.refused, place, error.description)
    case .proving, .inconsistent, .selfVerification: self.init(.internalFault, place, error.description)
    }
  }
}

extension ToolFailure {
  fileprivate init(_ error: RangeProvingError, in place: String) {
    let kind: Kind =
      switch error {
      case .unsupportedCount, .wrongBlindingCount, .boundsTooWide: .malformedInput
      case .valueOutOfRange: .refused
      case .selfVerification: .internalFault
      }
    self.init(kind, place, error.description)
  }
}

extension BookError {
  /// The amount at fault and the coordinate that it is of, for errors of one amount of its own asset.
  var place: (path: String, coordinate: String)? {
    switch self {
    case .notAnInteger(let path), .notWholeLots(let path, _):
      BookAmounts.coordinate(of: path).map { (path, $0) }
    default: nil
    }
  }
}
