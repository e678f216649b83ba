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

    /// The key of these parts.
    public init(circuit: Digest, snapshot: Digest, registry: Digest, kind: MarginKind) {
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

  /// What proofs of the rule prove.
  public var statement: Statement { compiled.statement }

  /// Compiles a circuit under a snapshot.
  ///
  /// - Parameters:
  ///   - circuit: the margin rule as text that was parsed and checked.
  ///   - snapshot: the venue's numbers, which are the circuit's parameters.
  ///   - kind: whether the account is to meet initial or maintenance margin.
  ///   - registry: the account's registry; it has at least the coordinates that the circuit commits. Its
  ///     other coordinates are proved to be zero.
  /// - Throws: every mistake of the circuit that shows under this snapshot and registry.
  public init(
    circuit: Circuit, snapshot: RiskSnapshot, kind: MarginKind, registry: Registry
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
    key = Key(
      circuit: circuit.digest, snapshot: snapshot.digest, registry: registry.digest,
      kind: kind)
    circuitName = circuit.name
    self.snapshot = snapshot
    self.registry = registry
  }
}

/// Why a circuit, a snapshot and a registry do not make a rule.
public enum MarginRuleError: Error, Hashable, Sendable {
  /// The circuit does not compile.
  case circuit(CircuitError)
  /// The registry is not a list of coordinates.
  case coordinates(CoordinateMapError)
}
