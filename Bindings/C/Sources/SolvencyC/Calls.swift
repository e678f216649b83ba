internal import Admission
internal import AdmissionStore
internal import CircuitLanguage
internal import MarginRules
internal import RangeProofs
internal import Solvency
internal import SolvencyHeader
internal import SolvencyProver
internal import SolvencyVerifier

/// Why a call did not do what it was asked: a code of the header and one line.
struct CallError: Error {
  let code: solvency_code
  let message: String

  static func usage(_ message: String) -> CallError { CallError(code: SOLVENCY_USAGE, message: message) }
  static func malformed(_ message: String) -> CallError {
    CallError(code: SOLVENCY_MALFORMED, message: message)
  }
  static func missing(_ message: String) -> CallError { CallError(code: SOLVENCY_MISSING, message: message) }
}

extension CallError {
  /// What an error of the libraries is to a caller.
  init(_ error: any Error, in place: String) {
    self =
      switch error {
      case let error as CallError: error
      case let error as DocumentError: .malformed("\(place): \(error.description)")
      case let error as FileError: .malformed("\(place): \(error.description)")
      case let error as SnapshotError: .malformed("\(place): \(error.description)")
      case let error as CircuitError: .malformed("\(place): \(error.description)")
      case let error as BookError: .malformed("\(place): \(error.description)")
      case let error as OpeningFileError: .malformed("\(place): \(error.description)")
      case let error as OpeningError: .malformed("\(place): \(error.description)")
      case let error as RegistryFileError: .malformed("\(place): is not a list of coordinates: \(error)")
      case let error as RegistryError: .malformed("\(place): gives no list of coordinates: \(error)")
      case let error as SealedFileError: .malformed("\(place): cannot be opened: \(error)")
      case let error as SigningError: CallError(code: SOLVENCY_REFUSED, message: "\(place): \(error)")
      case let error as ProverError: CallError(error, in: place)
      case let error as RangeProvingError: CallError(error, in: place)
      case let error as StoreError: CallError(error, in: place)
      case let error as LedgerFailure: CallError(error, in: place)
      case let error as DeskError: CallError(error, in: place)
      case let error as NameError: .malformed("\(place): is not a name of 1 to 128 printable bytes: \(error)")
      default: CallError(code: SOLVENCY_INTERNAL, message: "\(place): unexpected: \(error); please report it")
      }
  }

  private init(_ error: ProverError, in place: String) {
    let code =
      switch error {
      case .insolvent, .beyondCircuit: SOLVENCY_REFUSED
      case .emptyWindow, .expiredWindow: SOLVENCY_USAGE
      case .wrongRegistry, .opening: SOLVENCY_MALFORMED
      case .proving, .inconsistent, .selfVerification: SOLVENCY_INTERNAL
      }
    self.init(code: code, message: "\(place): \(error.description)")
  }

  private init(_ error: RangeProvingError, in place: String) {
    switch error {
    case .unsupportedCount(let count):
      self = .usage("\(place): \(count) values; a proof is for 1 to 64, or to 32 with bounds")
    case .wrongBlindingCount(let expected, let actual):
      self = .usage("\(place): \(actual) blindings for \(expected) values")
    case .valueOutOfRange(let index):
      self.init(
        code: SOLVENCY_REFUSED,
        message: "\(place): value \(index) has more bits than stated, or is outside the bounds")
    case .boundsTooWide: self = .usage("\(place): upper - lower has more bits than stated")
    case .selfVerification:
      self.init(code: SOLVENCY_INTERNAL, message: "\(place): no proof was made: \(error); please report it")
    }
  }

  private init(_ error: StoreError, in place: String) {
    let code =
      switch error {
      case .notFound: SOLVENCY_MISSING
      case .notALedger, .unsupportedVersion, .corrupt, .alteredSchema: SOLVENCY_MALFORMED
      default: SOLVENCY_IO
      }
    self.init(code: code, message: "\(place): the ledger's store: \(error)")
  }

  private init(_ error: LedgerFailure, in place: String) {
    switch error {
    case .store(let error): self.init(error, in: place)
    case .replay, .evidence, .checkpoint: self = .malformed("\(place): the ledger is not sound: \(error)")
    case .signing: self.init(code: SOLVENCY_INTERNAL, message: "\(place): the log cannot be signed")
    default: self.init(code: SOLVENCY_REFUSED, message: "\(place): \(error)")
    }
  }

  private init(_ error: DeskError, in place: String) {
    if case .ledger(let failure) = error {
      self.init(failure, in: place)
    } else {
      self.init(code: SOLVENCY_REFUSED, message: "\(place): \(error)")
    }
  }
}

/// Runs the body of an exported function: what it throws becomes a code, and a line in `error`.
func call(
  _ place: String, _ error: UnsafeMutablePointer<solvency_buffer>?, _ body: () throws -> Void
) -> solvency_code {
  error?.pointee = solvency_buffer(bytes: nil, count: 0)
  do {
    try body()
    return SOLVENCY_OK
  } catch let thrown {
    let failure = CallError(thrown, in: place)
    // One line, whatever a name inside it holds.
    let line = failure.message.utf8.map { $0 < 0x20 || $0 == 0x7f ? UInt8(ascii: " ") : $0 }
    error?.pointee = Bytes.buffer(line)
    return failure.code
  }
}
