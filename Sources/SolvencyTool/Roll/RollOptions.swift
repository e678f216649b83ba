internal import ArgumentParser
internal import CanonicalBytes
internal import CircuitLanguage
internal import CommandSupport
internal import MarginRules
internal import Solvency
internal import TransparencyLog
internal import VenueSolvency

/// The documents of a roll, from files that the user trusts.
struct RollDocumentOptions: ParsableArguments {
  @OptionGroup var snapshot: SnapshotOption

  @Option(help: "The maintenance rule: a file, or the name of a circuit.")
  var circuit = "portfolio-margin"

  @Option(help: "The rule of bounded shortfalls: a file, or the name of a circuit.")
  var boundedCircuit = "bounded-shortfall"

  @Option(help: "The rule of the totals: a file, or the name of a circuit.")
  var totalsCircuit = "venue-solvency"

  @Option(
    help: ArgumentHelp(
      "The maintenance rule with other numbers, the next band: health-band@health=120. Repeat it for more.",
      valueName: "circuit@name=value"))
  var band: [String] = []

  @Option(
    help: "A reserve that a custodian attests; repeat it for more.", completion: .file(extensions: ["json"]))
  var reserve: [String] = []

  @Option(
    help: "The public key of a custodian to trust; repeat it for more.",
    completion: .file(extensions: ["pub"]))
  var custodian: [String] = []

  @Option(
    help: ArgumentHelp(
      "How old a reserve may be at the roll's instant: the reader's choice, which the roll does not state.",
      valueName: "seconds"))
  var reserveAge: UInt64 = Reserves.greatestAge

  @Option(
    help: "The published positions of the house; none by default.", completion: .file(extensions: ["json"]))
  var house: String?

  /// The parts before there is a header.
  struct Parts {
    let snapshot: RiskSnapshot
    let registry: Registry
    let circuits: RollDocuments.Circuits
    let reserves: Reserves
    let house: HousePositions
  }

  func parts(of ledger: Audience, at moment: Timestamp) throws(ToolFailure) -> Parts {
    let (snapshot, registry) = try snapshot.load()
    var bands: [Circuit] = []
    for name in band { bands.append(try Documents.circuit(name)) }
    let circuits = RollDocuments.Circuits(
      rule: try Documents.circuit(circuit), bounded: try Documents.circuit(boundedCircuit),
      totals: try Documents.circuit(totalsCircuit), bands: bands)
    var keys: Set<VerificationKey> = []
    for path in custodian { keys.insert(try Documents.verificationKey(path, of: .custodian)) }
    var attestations: [Signed<ReserveAttestation>] = []
    for path in reserve {
      let attestation = try Documents.signed(path, as: ReserveAttestation.self)
      // Alone first, so that the file at fault is named.
      _ = try reserves([attestation], keys, ledger, moment, at: path)
      attestations.append(attestation)
    }
    let house =
      try house.map { path throws(ToolFailure) in
        try Documents.read(path, HousePositions.fileByteLimit, as: .housePositions) {
          try HousePositions(decoding: $0)
        }
      } ?? HousePositions.none
    return Parts(
      snapshot: snapshot, registry: registry, circuits: circuits,
      reserves: try reserves(attestations, keys, ledger, moment, at: reserve.joined(separator: ", ")),
      house: house)
  }

  private func reserves(
    _ attestations: [Signed<ReserveAttestation>], _ keys: Set<VerificationKey>, _ ledger: Audience,
    _ moment: Timestamp, at place: String
  ) throws(ToolFailure) -> Reserves {
    do throws(ReserveError) {
      return try Reserves(
        of: attestations, trusting: keys, ledger: ledger, at: moment, greatestAge: reserveAge)
    } catch {
      guard case .otherTime = error, let reserve = attestations.first?.unverified else {
        throw ToolFailure(.refused, place, error.advice)
      }
      throw ToolFailure(.refused, place, otherTime(reserve, moment))
    }
  }

  private func otherTime(_ reserve: ReserveAttestation, _ moment: Timestamp) -> String {
    let stated = "attests \(reserve.asset) as of \(reserve.asOf.text)"
    guard reserve.asOf <= moment else {
      return "\(stated), after the roll's instant, \(moment.text); ask for one as of that instant"
    }
    let age = moment.seconds - reserve.asOf.seconds
    return
      "\(stated), \(age) seconds before the roll's instant, \(moment.text), where at most \(reserveAge) are taken; ask "
      + "for a newer one, or take it with --reserve-age \(age)"
  }

  func load(_ header: RollHeader, at path: String) throws(ToolFailure) -> RollDocuments {
    let parts = try parts(of: header.ledger, at: header.moment)
    do throws(RollError) {
      return try RollDocuments(
        header: header, snapshot: parts.snapshot, registry: parts.registry, circuits: parts.circuits,
        reserves: parts.reserves, house: parts.house)
    } catch {
      throw ToolFailure(.refused, path, error.advice)
    }
  }
}

/// `--log-key`: the public key of the ledger's log, under the name that a roll has.
struct RollTrustOptions: ParsableArguments {
  @Option(
    help: "The public key of the log, as `solvency keygen --role log` wrote it.",
    completion: .file(extensions: ["pub"]))
  var logKey: String

  @Option(help: "A witness's vkey, or a file with it; repeat it for more.")
  var witness: [String] = []

  @Option(help: ArgumentHelp("How many of the witnesses must have cosigned; all by default.", valueName: "k"))
  var quorum: Int?

  func policy(for origin: ExactText) throws(ToolFailure) -> TrustPolicy {
    try Self.policy(for: origin, logKey: logKey, witness, quorum)
  }

  static func policy(
    for origin: ExactText, logKey: String, _ witness: [String], _ quorum: Int?
  ) throws(ToolFailure) -> TrustPolicy {
    let file = try Documents.read(logKey, 1 << 16, as: .publicKey) { try PublicKeyFile(decoding: $0) }
    let key = try ToolFailure.wrapping(logKey) { try file.noteKey(named: origin) }
    var witnesses: [NoteKey] = []
    for name in witness { witnesses.append(try Documents.noteKey(name)) }
    return try ToolFailure.wrapping("\(logKey), --witness and --quorum") {
      try TrustPolicy(logs: [key], witnesses: witnesses, threshold: quorum ?? witnesses.count)
    }
  }
}

/// The same beside a desk, whose own --log-key is secret.
struct RollLogKeyOptions: ParsableArguments {
  @Option(
    help: "The public key of the log that signed the roll.", completion: .file(extensions: ["pub"]))
  var rollLogKey: String

  @Option(help: "A witness's vkey, or a file with it; repeat it for more.")
  var witness: [String] = []

  @Option(help: ArgumentHelp("How many of the witnesses must have cosigned; all by default.", valueName: "k"))
  var quorum: Int?

  func policy(for origin: ExactText) throws(ToolFailure) -> TrustPolicy {
    try RollTrustOptions.policy(for: origin, logKey: rollLogKey, witness, quorum)
  }
}

extension ReserveError {
  /// What is wrong and what to do.
  var advice: String {
    switch self {
    case .malformed("asset"): "the asset is cash, or the holding of one, as holding/BTC"
    case .malformed("amount"):
      "the amount is from 0 to \(SnapshotLimits.totals.upperBound); a snapshot with larger lots takes more"
    case .malformed(let part):
      "\(part): at most \(ReserveAttestation.referenceLimit), each of 1 to \(ReserveAttestation.referenceByteLimit) "
        + "bytes and none twice"
    case .hiddenCharacter(let reference, let position, let codePoint):
      "reference \(reference) has the character \(Self.name(of: codePoint)) at position \(position), which "
        + (codePoint == 0x20 ? "no reference begins or ends with" : "nobody sees") + "; write it without"
    case .unknownCustodian(let key): "is signed by \(key), which no --custodian names"
    case .signature: "the signature does not hold; ask the custodian for the file again"
    case .pledgedElsewhere(let audience): "is pledged to \(audience), or to another ledger of that name"
    case .countedTwice(let asset):
      "counts \(asset) twice: one custodian attests an asset once, or with references that are nowhere else"
    case .otherTime(let asset):
      "the reserve of \(asset) is of another time; ask for one as of the roll's instant"
    case .unknownAsset(let asset): "\(asset) is not listed"
    case .overflow(let asset): "the reserves of \(asset) add up to 2^62 or more"
    case .tooMany(let limit): "there are more than \(limit) reserves"
    }
  }

  /// A character as tables have it: U+200B.
  private static func name(of codePoint: UInt32) -> String {
    let digits = String(codePoint, radix: 16, uppercase: true)
    return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}

extension RollError {
  /// What is wrong and what to do.
  var advice: String {
    switch self {
    case .unrelatedBand: description + "; write --band health-band@health=120 beside --circuit health-band"
    case .weakerBand:
      description + "; give it every number that --circuit has, and for the others harder ones, "
        + "as in --circuit health-band@lots=5000 --band health-band@health=120,lots=5000"
    case .idleBand:
      description + "; leave it out, or ask for more in it, each --band for more than those before it"
    default: description
    }
  }
}
