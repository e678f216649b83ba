internal import ProofCore
internal import Ristretto
public import Solvency

/// The commitments of accounts, state by state: what an audit compares proofs of the past with, when accounts
/// have moved on.
public struct AccountStates: Sendable {
  private struct Key: Hashable {
    let account: AccountID
    let sequence: UInt64
  }

  /// What is compared with a proof. The point stays encoded: only its bytes are compared.
  struct State: Hashable {
    let registry: Digest
    let commitment: EncodedPoint
  }

  private var states: [Key: State] = [:]
  private var accounts: Set<AccountID> = []

  /// No states: every proof is of an unknown account.
  public init() {}

  /// Number of states.
  public var count: Int { states.count }

  /// Adds a state.
  ///
  /// - Returns: false if this state of the account is known with another commitment or registry; nothing is
  ///   changed then.
  public mutating func insert(_ account: AccountCommitment) -> Bool {
    let key = Key(account: account.account, sequence: account.sequence)
    let state = State(registry: account.registry, commitment: account.commitment.encoded)
    if let known = states[key] { return known == state }
    states[key] = state
    accounts.insert(account.account)
    return true
  }

  /// Whether any state of an account is known.
  public func isKnown(_ account: AccountID) -> Bool { accounts.contains(account) }

  func state(of account: AccountID, sequence: UInt64) -> State? {
    states[Key(account: account, sequence: sequence)]
  }
}
