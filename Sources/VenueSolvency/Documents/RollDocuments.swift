public import CanonicalBytes
public import CircuitLanguage
internal import CircuitProofs
internal import ExactIntegers
public import MarginRules
internal import ProofCore
public import Solvency
internal import SolvencyVerifier

/// Everything that evidence on a roll is measured against: the header, and the documents whose digests it
/// states, which the reader has from elsewhere. Nothing of them is ever taken from evidence (A35).
public struct RollDocuments: Sendable {
  /// A document that a header states the digest of.
  public enum Part: String, CaseIterable, Hashable, Sendable {
    case snapshot, registry, rule, bounded, totals, reserves, house, bands
  }

  /// The header.
  public let header: RollHeader
  /// The snapshot.
  public let snapshot: RiskSnapshot
  /// The registry.
  public let registry: Registry
  /// The maintenance rule.
  public let rule: MarginRule
  /// The rules that solvent accounts are proved under, by the number of their band; the first is ``rule``.
  public let bands: [MarginRule]
  /// What each band proves beyond the maintenance rule: the numbers chosen for parameters, as `health=120`,
  /// where they are not the rule's own; "" for band 0.
  public let bandNames: [String]
  /// The rule of bounded shortfalls.
  public let bounded: MarginRule
  /// The rule of the totals.
  public let totals: MarginRule
  /// The reserves.
  public let reserves: Reserves
  /// The positions of the house.
  public let house: HousePositions
  /// The index of the coordinate of cash.
  package let cash: Int
  let verifier: ProofVerifier

  /// The circuits of a roll.
  public struct Circuits: Sendable {
    /// The maintenance rule.
    public let rule: Circuit
    /// The rule of bounded shortfalls.
    public let bounded: Circuit
    /// The rule of the totals.
    public let totals: Circuit
    /// The rules of the bands above the maintenance rule, from the first on.
    public let bands: [Circuit]

    /// These circuits.
    public init(rule: Circuit, bounded: Circuit, totals: Circuit, bands: [Circuit] = []) {
      self.rule = rule
      self.bounded = bounded
      self.totals = totals
      self.bands = bands
    }
  }

  /// Compares each document with the digest in the header, and compiles the rules.
  ///
  /// - Throws: ``RollError``: another document than the header states, a circuit that does not compile or
  ///   that leaves a coordinate without a bound, a snapshot that does not apply at the roll's instant, an
  ///   asset or position that cannot be counted.
  public init(
    header: RollHeader, snapshot: RiskSnapshot, registry: Registry, circuits: Circuits, reserves: Reserves,
    house: HousePositions
  ) throws(RollError) {
    let stated = header.documents
    let pairs: [(Part, Digest, Digest)] = [
      (.snapshot, stated.snapshot, snapshot.digest), (.registry, stated.registry, registry.digest),
      (.rule, stated.rule, circuits.rule.digest), (.bounded, stated.bounded, circuits.bounded.digest),
      (.totals, stated.totals, circuits.totals.digest), (.reserves, stated.reserves, reserves.digest),
      (.house, stated.house, house.digest),
    ]
    for (part, expected, actual) in pairs where expected != actual {
      throw .otherDocument(part, stated: expected, given: actual)
    }
    guard stated.bands.count == circuits.bands.count else {
      throw .otherBandCount(stated: stated.bands.count, given: circuits.bands.count)
    }
    for (expected, circuit) in zip(stated.bands, circuits.bands) where expected != circuit.digest {
      throw .otherDocument(.bands, stated: expected, given: circuit.digest)
    }
    bandNames = try Self.names(of: circuits)
    let moment = Int64(clamping: header.moment.seconds)
    guard snapshot.validFrom <= moment, moment < snapshot.validTo else { throw .snapshotDoesNotApply }
    guard let cash = registry.index(of: Registry.cash) else { throw .noCash }
    func compiled(_ circuit: Circuit, _ part: Part) throws(RollError) -> MarginRule {
      do throws(MarginRuleError) {
        return try MarginRule(circuit: circuit, snapshot: snapshot, kind: .maintenance, registry: registry)
      } catch {
        throw .unusableCircuit(part)
      }
    }
    let maintenance = try compiled(circuits.rule, .rule)
    rule = maintenance
    var bands = [maintenance]
    for circuit in circuits.bands { bands.append(try compiled(circuit, .bands)) }
    try Self.check(bands)
    self.bands = bands
    bounded = try compiled(circuits.bounded, .bounded)
    totals = try compiled(circuits.totals, .totals)
    for (rule, part) in [(rule, Part.rule), (bounded, .bounded), (totals, .totals)]
      + bands.dropFirst().map({ ($0, .bands) })
    {
      if let coordinate = Self.unboundedCoordinate(of: rule) {
        throw .unboundedCoordinate(part, registry.names[coordinate])
      }
    }
    let catalog = RuleCatalog()
    catalog.register(snapshot)
    catalog.register(registry)
    catalog.register(circuits.rule)
    catalog.register(circuits.bounded)
    catalog.register(circuits.totals)
    for circuit in circuits.bands { catalog.register(circuit) }
    verifier = ProofVerifier(catalog: catalog)
    self.header = header
    self.snapshot = snapshot
    self.registry = registry
    self.reserves = reserves
    self.house = house
    self.cash = cash
    // Refuses documents that cannot be counted before the first account is read.
    _ = try publicCoordinates()
  }

  /// What each band proves beyond the rule, band 0 first.
  ///
  /// A band is the rule's own file with other numbers chosen, so that anyone who has read the rule knows what
  /// it says.
  private static func names(of circuits: Circuits) throws(RollError) -> [String] {
    let own = Dictionary(uniqueKeysWithValues: circuits.rule.parameters.map { ($0.name, $0.value) })
    var names = [""]
    for (place, band) in circuits.bands.enumerated() {
      guard (try? band.binding(own))?.digest == circuits.rule.digest else { throw .unrelatedBand(place + 1) }
      names.append(
        band.parameters.filter { own[$0.name] != $0.value }.map { "\($0.name)=\($0.value)" }
          .joined(separator: ","))
    }
    return names
  }

  /// Compares what bands prove: each implies the rule, which the accounts in it count as meeting, and none is
  /// met by all accounts of a band before it, which would count nobody.
  private static func check(_ bands: [MarginRule]) throws(RollError) {
    guard bands.count > 1 else { return }
    let drafts = bands.map(\.statement.draft)
    for number in bands.indices.dropFirst() {
      guard RowImplication(drafts[number]).shows(drafts[0]) else { throw .weakerBand(number) }
    }
    for before in bands.indices.dropLast() {
      let implication = RowImplication(drafts[before])
      for number in bands.indices where number > before && implication.shows(drafts[number]) {
        throw .idleBand(number, as: before)
      }
    }
  }

  /// A coordinate that proofs of a rule do not keep below 2⁶⁴ in magnitude, so that totals could wrap.
  private static func unboundedCoordinate(of rule: MarginRule) -> Int? {
    let draft = rule.statement.draft
    let most = Integer.powerOfTwo(64)
    for (coordinate, form) in draft.links.first ?? [:] {
      var (lower, upper) = (form.constant, form.constant)
      for term in form.terms {
        // The variables beyond these are products; no circuit links them to a coordinate without a sum's
        // bound.
        guard term.variable < draft.variableBounds.count else { return coordinate }
        let reach = term.coefficient * draft.variableBounds[term.variable]
        if reach < 0 { lower += reach } else { upper += reach }
      }
      guard -most < lower, upper < most else { return coordinate }
    }
    return nil
  }
}

/// Why a roll, or what is said of it, is not what it should be.
public enum RollError: Error, Hashable, Sendable {
  /// The header states the digest of another document.
  case otherDocument(RollDocuments.Part, stated: Digest, given: Digest)
  /// The numbers of bands above the rule that the header states, and of circuits that were given for them.
  case otherBandCount(stated: Int, given: Int)
  /// The circuit of this band is not the rule's file with other numbers chosen for its parameters.
  case unrelatedBand(Int)
  /// Proofs of this band's circuit are not shown to imply the maintenance rule, row by row.
  case weakerBand(Int)
  /// Every account that meets one band, 0 being the maintenance rule, meets this later one, which so says
  /// nothing more.
  case idleBand(Int, as: Int)
  /// The circuit does not compile under the snapshot and the registry.
  case unusableCircuit(RollDocuments.Part)
  /// Proofs of the circuit do not keep this coordinate below 2⁶⁴, so that totals could wrap.
  case unboundedCoordinate(RollDocuments.Part, String)
  /// The snapshot does not apply at the roll's instant.
  case snapshotDoesNotApply
  /// The registry has no coordinate for cash.
  case noCash
  /// A reserve of an asset that registry or snapshot do not list.
  case unlistedReserve(String)
  /// The house has a position in an instrument that registry or snapshot do not list, so that it has no
  /// price.
  case unlistedPosition(String)
  /// What is public of this coordinate's total is 2⁶² or more.
  case overflow(String)
}

extension RollError: CustomStringConvertible {
  /// What is wrong, in one line.
  public var description: String {
    switch self {
    case .otherDocument(let part, let stated, let given):
      "was made with another \(part.rawValue): the header states \(stated), and \(given) was given"
    case .otherBandCount(let stated, let given):
      "states \(stated) bands above the maintenance rule, and \(given) were given"
    case .unrelatedBand(let number):
      "the circuit of band \(number) is not that of the rule with other numbers"
    case .weakerBand(let number):
      "band \(number) does not imply the maintenance rule: an account in it would count as meeting what it may miss"
    case .idleBand(let number, as: 0):
      "band \(number) says no more than the maintenance rule: every account that meets the rule meets it"
    case .idleBand(let number, as: let before):
      "band \(number) says no more than band \(before): every account that meets the one meets the other"
    case .unusableCircuit(let part): "the circuit of the \(part.rawValue) does not compile under the snapshot"
    case .unboundedCoordinate(let part, let name):
      "the circuit of the \(part.rawValue) does not keep \(name) below 2^64, so that totals could wrap"
    case .snapshotDoesNotApply: "the snapshot does not apply at the roll's instant"
    case .noCash: "the registry has no coordinate for cash"
    case .unlistedReserve(let asset): "a reserve is of \(asset), which the snapshot does not list"
    case .unlistedPosition(let id):
      "the house holds \(id), which the snapshot does not list, so that it has no price"
    case .overflow(let name): "what is public of \(name) is 2^62 or more"
    }
  }
}
