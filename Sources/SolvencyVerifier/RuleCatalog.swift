public import CanonicalBytes
public import CircuitLanguage
public import MarginRules
public import Solvency
internal import Synchronization

/// The circuits, snapshots and registries that a verifier trusts, and the rules they make.
///
/// A proof only names them by digest. Rules are compiled when they are first needed and kept, up to a
/// limit; the rule used longest ago makes room. Safe to share between threads.
public final class RuleCatalog: Sendable {
  /// How many compiled rules are kept, unless more are needed at once.
  public let ruleLimit: Int
  /// How many are kept at the most, when more than ``ruleLimit`` are needed at once.
  public let greatestRuleLimit: Int
  /// Which warnings about a circuit make it unusable here.
  public let standard: CircuitStandard

  private let state = Mutex(State())

  private struct State {
    var circuits: [Digest: Circuit] = [:]
    var snapshots: [Digest: RiskSnapshot] = [:]
    var registries: [Digest: Registry] = [:]
    var rules: [MarginRule.Key: CachedRule] = [:]
    var uses: UInt64 = 0
    /// How many rules are kept now.
    var ruleLimit = 0
  }

  /// A rule, or why it does not compile, kept so that a hopeless one is compiled once.
  private struct CachedRule {
    let rule: Result<MarginRule, RejectionReason>
    var lastUse: UInt64
  }

  /// An empty catalog, which rejects every proof.
  ///
  /// - Parameters:
  ///   - ruleLimit: how many compiled rules to keep, at least 1.
  ///   - greatestRuleLimit: how many to keep when proofs that are verified together need them; `ruleLimit`
  ///     by default. Proofs in the order of time need few at once, proofs in any order all of them.
  ///   - standard: which warnings about a circuit make it unusable: ``CircuitStandard/strict`` refuses
  ///     circuits that require nothing, require it of empty lists, or forget a commitment.
  public init(
    ruleLimit: Int = 64, greatestRuleLimit: Int? = nil, standard: CircuitStandard = .lenient
  ) {
    self.ruleLimit = max(1, ruleLimit)
    self.greatestRuleLimit = max(self.ruleLimit, greatestRuleLimit ?? 0)
    self.standard = standard
    state.withLock { $0.ruleLimit = max(1, ruleLimit) }
  }

  /// Makes room for rules that are needed at once, as far as the catalog may grow.
  func makeRoom(for count: Int) {
    state.withLock { state in
      if count > state.ruleLimit { state.ruleLimit = min(count, greatestRuleLimit) }
    }
  }

  /// Trusts a circuit.
  @discardableResult
  public func register(_ circuit: Circuit) -> Digest {
    let digest = circuit.digest
    state.withLock { $0.circuits[digest] = circuit }
    return digest
  }

  /// Trusts a snapshot, and the registry of its own lists.
  @discardableResult
  public func register(_ snapshot: RiskSnapshot) -> Digest {
    let digest = snapshot.digest
    state.withLock { state in
      state.snapshots[digest] = snapshot
      if let registry = try? Registry(of: snapshot) {
        state.registries[registry.digest] = registry
      }
    }
    return digest
  }

  /// Trusts a registry.
  @discardableResult
  public func register(_ registry: Registry) -> Digest {
    state.withLock { $0.registries[registry.digest] = registry }
    return registry.digest
  }

  /// Trusts a snapshot no longer, and forgets the rules made with it.
  public func retire(snapshot digest: Digest) {
    state.withLock { state in
      state.snapshots[digest] = nil
      state.rules = state.rules.filter { $0.key.snapshot != digest }
    }
  }

  /// Every trusted circuit, ascending by digest.
  public var circuits: [Circuit] {
    state.withLock { Array($0.circuits.values) }
      .sorted { $0.digest.bytes.lexicographicallyPrecedes($1.digest.bytes) }
  }

  /// The trusted circuit of this digest.
  public func circuit(_ digest: Digest) -> Circuit? { state.withLock { $0.circuits[digest] } }

  /// The trusted snapshot of this digest.
  public func snapshot(_ digest: Digest) -> RiskSnapshot? { state.withLock { $0.snapshots[digest] } }

  /// The trusted registry of this digest.
  public func registry(_ digest: Digest) -> Registry? { state.withLock { $0.registries[digest] } }

  /// Number of rules that are kept compiled.
  package var cachedRuleCount: Int { state.withLock { $0.rules.count } }

  /// The rule of these documents, compiled now if need be.
  ///
  /// - Throws: the reason to reject a proof of this rule.
  public func rule(_ key: MarginRule.Key) throws(RejectionReason) -> MarginRule {
    if let cached = lookUp(key) { return try cached.get() }
    // Compiling takes a while and holds no lock. Two threads may do it at once, with equal results.
    let compiled = Result { () throws(RejectionReason) in try compile(key) }
    keep(compiled, for: key)
    return try compiled.get()
  }

  private func lookUp(_ key: MarginRule.Key) -> Result<MarginRule, RejectionReason>? {
    state.withLock { state in
      state.uses += 1
      state.rules[key]?.lastUse = state.uses
      return state.rules[key]?.rule
    }
  }

  private func compile(_ key: MarginRule.Key) throws(RejectionReason) -> MarginRule {
    guard let circuit = circuit(key.circuit) else { throw .unknownCircuit }
    guard let snapshot = snapshot(key.snapshot) else { throw .unknownSnapshot }
    guard let registry = registry(key.registry) else { throw .unknownRegistry }
    do throws(MarginRuleError) {
      let rule = try MarginRule(
        circuit: circuit, snapshot: snapshot, kind: key.kind, registry: registry, reduction: key.reduction)
      if standard.refusals(of: rule.compiled).isEmpty { return rule }
    } catch {
      throw .unusableRule
    }
    throw .unusableRule
  }

  private func keep(_ rule: Result<MarginRule, RejectionReason>, for key: MarginRule.Key) {
    state.withLock { state in
      // Only what trusted documents make is kept: invented digests do not fill the cache, and a
      // document that is registered later is seen.
      guard state.circuits[key.circuit] != nil, state.snapshots[key.snapshot] != nil,
        state.registries[key.registry] != nil
      else { return }
      state.uses += 1
      state.rules[key] = CachedRule(rule: rule, lastUse: state.uses)
      while state.rules.count > state.ruleLimit,
        let oldest = state.rules.min(by: { $0.value.lastUse < $1.value.lastUse })
      {
        state.rules[oldest.key] = nil
      }
    }
  }
}
