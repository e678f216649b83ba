internal import CanonicalBytes
package import CircuitLanguage
internal import ExactIntegers
internal import Foundation
package import Liquidation
package import MarginRules
package import Solvency
package import SolvencyProver
package import SolvencyVerifier

/// Files of every kind, read and checked.
package enum Documents {
  private static let circuitByteLimit = 1 << 20
  private static let circuitExtension = ".circuit"

  package static func snapshot(_ path: String) throws(ToolFailure) -> RiskSnapshot {
    try read(path, SnapshotLimits.documentBytes, as: .snapshot) { try RiskSnapshot(json: $0) }
  }

  /// Every snapshot of a folder, by name of file: all files that end in `.json`, signatures (`.sig.json`)
  /// apart.
  ///
  /// A file of another kind among them is refused: a snapshot that is not read would reject its proofs.
  package static func snapshots(
    inFolder folder: String, _ each: (RiskSnapshot) throws(ToolFailure) -> Void
  ) throws(ToolFailure) {
    guard let names = InputFile.names(inFolder: folder) else {
      throw ToolFailure(.missingInput, folder, "no such folder; name one with snapshots in it")
    }
    let wanted = names.filter { $0.hasSuffix(".json") && !$0.hasSuffix(".sig.json") }.sorted()
    guard !wanted.isEmpty else {
      throw ToolFailure(.missingInput, folder, "holds no snapshot; their names end in .json")
    }
    for name in wanted { try each(snapshot("\(folder)/\(name)")) }
  }

  /// The accounts of a file of JSON Lines, each line as `account.json` without line breaks.
  package static func accounts(
    lines path: String, _ each: (AccountCommitment) throws(ToolFailure) -> Void
  ) throws(ToolFailure) {
    var lines = LineReader(try InputFile.open(path, limit: nil), limit: AccountCommitment.fileByteLimit)
    var (number, found) = (0, false)
    while let line = try lines.next() {
      number += 1
      let place = "\(InputFile.name(path)):\(number)"
      guard case .bytes(let bytes) = line else {
        throw ToolFailure(
          .malformedInput, place,
          "has more than \(AccountCommitment.fileByteLimit) bytes; write one account on a line")
      }
      guard bytes.contains(where: { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }) else { continue }
      found = true
      try each(try ToolFailure.wrapping(place) { try AccountCommitment(decoding: bytes) })
    }
    guard found else {
      throw ToolFailure(.malformedInput, InputFile.name(path), "holds no account; was it written completely?")
    }
  }

  /// A summary that `solvency verify --summary` wrote.
  package static func summary(_ path: String) throws(ToolFailure) -> VerificationSummary {
    try read(path, VerificationSummary.fileByteLimit, as: .summary) { try VerificationSummary(json: $0) }
  }

  /// The list of coordinates that a snapshot gives.
  package static func registry(of snapshot: RiskSnapshot, at path: String) throws(ToolFailure) -> Registry {
    try ToolFailure.wrapping(path) { try Registry(of: snapshot) }
  }

  package static func account(_ path: String) throws(ToolFailure) -> AccountCommitment {
    try read(path, AccountCommitment.fileByteLimit, as: .account) { try AccountCommitment(decoding: $0) }
  }

  package static func fill(_ path: String) throws(ToolFailure) -> Fill {
    try read(path, Fill.fileByteLimit, as: .fill) { try Fill(decoding: $0) }
  }

  package static func envelope(_ path: String) throws(ToolFailure) -> ProofEnvelope {
    try read(path, ProofEnvelope.byteLimit, as: .proof) { try ProofEnvelope(decoding: $0) }
  }

  /// A venue's terms of liquidations, or the standard ones where no file is named.
  package static func liquidationTerms(_ path: String?) throws(ToolFailure) -> LiquidationTerms {
    guard let path else { return .standard }
    return try read(path, 1 << 16, as: .liquidationTerms) { try LiquidationTerms(json: $0) }
  }

  /// A book, whose amounts may be in assets where the snapshot says what lots are.
  package static func book(
    _ path: String, registry: Registry, under snapshot: RiskSnapshot?
  ) throws(ToolFailure) -> Book {
    guard let snapshot else {
      return try read(path, Book.fileByteLimit, as: .book) { try Book(decoding: $0, registry: registry) }
    }
    let lots = LotSizes(of: snapshot)
    let bytes = try InputFile.read(path, limit: Book.fileByteLimit, as: .book)
    do throws(BookError) {
      return try Book(decoding: bytes, registry: registry, lots: lots)
    } catch {
      // What a lot is, and how many lots the amount is: for the trader's own terminal.
      let advice = error.place.flatMap { place in BookAmounts.text(at: place.path, in: bytes) }
        .flatMap { text in error.place.flatMap { lots.advice(on: text, at: $0.coordinate) } }
      guard let advice else { return try ToolFailure.wrapping(path, bytes, as: .book) { _ in throw error } }
      throw ToolFailure(.malformedInput, InputFile.name(path), "\(error.description). \(advice)")
    }
  }

  /// An opening, encrypted or plain.
  package static func opening(
    _ path: String, _ passphrase: PassphraseOptions
  ) throws(ToolFailure) -> AccountOpening {
    let bytes = try InputFile.read(path, limit: OpeningFile.plainByteLimit, as: .opening, .plainOpening)
    // Before a passphrase is asked for.
    try FileKind.check(bytes, at: path, is: [.opening, .plainOpening])
    if bytes.first == UInt8(ascii: "{") {
      return try ToolFailure.wrapping(path) { try OpeningFile.open(plain: bytes) }
    }
    guard OpeningFile.isEncrypted(bytes) else {
      return try ToolFailure.wrapping(path) { throw OpeningFileError.notAnOpeningFile }
    }
    let secret = try passphrase.existing()
    return try ToolFailure.wrapping(path) { try OpeningFile.open(bytes, with: secret) }
  }

  /// The name of a circuit that comes with the command, or a file; with `@name=value,…` behind it, numbers
  /// chosen for its parameters.
  package static func circuit(_ nameOrPath: String) throws(ToolFailure) -> Circuit {
    guard let choice = CircuitChoice(nameOrPath), !FileManager.default.fileExists(atPath: nameOrPath) else {
      return try unboundCircuit(nameOrPath)
    }
    let circuit = try unboundCircuit(choice.circuit)
    return try ToolFailure.wrapping(nameOrPath) { try circuit.binding(choice.values) }
  }

  private static func unboundCircuit(_ nameOrPath: String) throws(ToolFailure) -> Circuit {
    if let source = BuiltInCircuits.sources.first(where: { $0.name == nameOrPath }) {
      return try ToolFailure.wrapping(nameOrPath) {
        try Circuit(parsing: source.text, named: source.name + circuitExtension)
      }
    }
    // What is behind the sign is no list of numbers: the circuit before it may well be there.
    if let at = nameOrPath.lastIndex(of: "@"), !FileManager.default.fileExists(atPath: nameOrPath) {
      let (name, chosen) = (String(nameOrPath[..<at]), nameOrPath[nameOrPath.index(after: at)...])
      if BuiltInCircuits.sources.contains(where: { $0.name == name })
        || FileManager.default.fileExists(atPath: name)
      {
        throw ToolFailure(
          .usage, nameOrPath,
          "behind @ there is \"\(chosen)\"; write parameters and integers, as in \(name)@limit=5,most=-3")
      }
    }
    let isPath =
      nameOrPath.hasSuffix(circuitExtension) || nameOrPath.contains("/")
      || nameOrPath == InputFile.standardInput || FileManager.default.fileExists(atPath: nameOrPath)
    guard isPath else {
      let names = BuiltInCircuits.sources.map(\.name).joined(separator: ", ")
      throw ToolFailure(
        .missingInput, nameOrPath, "no such circuit; give a file, or one of \(names)")
    }
    return try read(nameOrPath, circuitByteLimit, as: .circuit) {
      try Circuit(parsing: $0, named: nameOrPath)
    }
  }

  /// Reads a whole file and decodes it.
  ///
  /// - Parameter kinds: what the file should be: one that is plainly something else is called what it is.
  package static func read<Document: ~Copyable>(
    _ path: String, _ limit: Int, as kinds: FileKind..., decode: ([UInt8]) throws -> Document
  ) throws(ToolFailure) -> Document {
    let bytes = try InputFile.read(path, limit: limit, as: kinds)
    return try ToolFailure.wrapping(path, bytes, as: kinds, step: decode)
  }
}

/// `my.circuit@limit=5,most=-3`: a circuit and numbers chosen for its parameters.
struct CircuitChoice {
  let circuit: String
  let values: [String: Integer]

  /// Nil unless the text ends in this form, each name once.
  init?(_ text: String) {
    guard let at = text.lastIndex(of: "@") else { return nil }
    var values: [String: Integer] = [:]
    for part in text[text.index(after: at)...].split(separator: ",", omittingEmptySubsequences: false) {
      let sides = part.split(separator: "=", omittingEmptySubsequences: false)
      guard sides.count == 2, !sides[0].isEmpty, sides[1].utf8.count <= 100,
        let value = try? Integer(parsing: String(sides[1])),
        values.updateValue(value, forKey: String(sides[0])) == nil
      else { return nil }
    }
    circuit = String(text[..<at])
    self.values = values
  }
}
