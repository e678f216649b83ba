public import CanonicalBytes
public import CircuitLanguage
public import CircuitProofs
public import MarginRules

/// One margin rule, ready to prove and verify: a circuit under a snapshot, for one kind of margin and
/// one registry.
///
/// A rule is made from documents that its holder trusts. Nothing of it is ever taken from a proof, so
/// a proof that comes with its own circuit or parameters proves nothing.
public struct MarginRule: Sendable {
  /// What the rule is made of, by digest.
  public struct Key: Hashable, Sendable {
    /// The circuit.
    public let circuit: Digest
    /// The snapshot.
    public let snapshot: Digest
    /// The registry.
    public let registry: Digest
    /// The kind of margin.
    public let kind: MarginKind
    /// The position that is shown to be reduced as well.
    public let reduction: Reduction?

    /// The key of these parts.
    public init(
      circuit: Digest, snapshot: Digest, registry: Digest, kind: MarginKind, reduction: Reduction? = nil
    ) {
      self.reduction = reduction
      self.circuit = circuit
      self.snapshot = snapshot
      self.registry = registry
      self.kind = kind
    }
  }

  /// What the rule is made of.
  public let key: Key
  /// The circuit's name.
  public let circuitName: String
  /// The snapshot, which also says when the rule holds.
  public let snapshot: RiskSnapshot
  /// Which coordinate is what.
  public let registry: Registry
  /// The circuit under the snapshot.
  public let compiled: CompiledCircuit

  /// What proofs of the rule prove: the circuit's statement, and the row of the reduction.
  public let statement: Statement
  let repetitions: RepeatedStatements

  /// Compiles a circuit under a snapshot.
  ///
  /// - Parameters:
  ///   - circuit: the margin rule as text that was parsed and checked.
  ///   - snapshot: the venue's numbers, which are the circuit's parameters.
  ///   - kind: whether the account is to meet initial or maintenance margin.
  ///   - registry: the account's registry; it has at least the coordinates that the circuit commits. Its
  ///     other coordinates are proved to be zero.
  ///   - reduction: the position that proofs show to be reduced as well.
  /// - Throws: every mistake of the circuit that shows under this snapshot and registry.
  public init(
    circuit: Circuit, snapshot: RiskSnapshot, kind: MarginKind, registry: Registry,
    reduction: Reduction? = nil
  ) throws(MarginRuleError) {
    let coordinates: CoordinateMap
    do throws(CoordinateMapError) {
      coordinates = try CoordinateMap(registry.names)
    } catch {
      throw .coordinates(error)
    }
    do throws(CircuitError) {
      compiled = try circuit.compiled(
        with: SnapshotParameters.value(of: snapshot, kind: kind), coordinates: coordinates)
    } catch {
      throw .circuit(error)
    }
    if let reduction {
      guard let reduced = reduction.restricting(compiled.statement, in: registry) else { throw .reduction }
      statement = reduced
    } else {
      statement = compiled.statement
    }
    repetitions = RepeatedStatements(of: statement)
    key = Key(
      circuit: circuit.digest, snapshot: snapshot.digest, registry: registry.digest,
      kind: kind, reduction: reduction)
    circuitName = circuit.name
    self.snapshot = snapshot
    self.registry = registry
  }
}

extension MarginRule {
  /// The same rule, whose proofs show a position to be reduced as well.
  ///
  /// - Throws: ``MarginRuleError/reduction``.
  public func reducing(_ reduction: Reduction) throws(MarginRuleError) -> MarginRule {
    guard let statement = reduction.restricting(compiled.statement, in: registry) else { throw .reduction }
    return MarginRule(self, reduction, statement)
  }

  private init(_ rule: MarginRule, _ reduction: Reduction, _ statement: Statement) {
    key = Key(
      circuit: rule.key.circuit, snapshot: rule.key.snapshot, registry: rule.key.registry,
      kind: rule.key.kind,
      reduction: reduction)
    circuitName = rule.circuitName
    snapshot = rule.snapshot
    registry = rule.registry
    compiled = rule.compiled
    self.statement = statement
    repetitions = RepeatedStatements(of: statement)
  }
}

/// Why a circuit, a snapshot and a registry do not make a rule.
public enum MarginRuleError: Error, Hashable, Sendable {
  /// The circuit does not compile.
  case circuit(CircuitError)
  /// The registry is not a list of coordinates.
  case coordinates(CoordinateMapError)
  /// There is no such position to reduce, or no room for the row that shows it.
  case reduction
}
