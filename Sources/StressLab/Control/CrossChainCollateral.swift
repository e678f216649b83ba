public import CanonicalBytes
internal import RiskModels

/// Collateral that lies on another chain (mechanism M62).
///
/// Its haircut is greater by what the price may do until a lock is final and the bridge has answered:
///
///     haircut + z·σ·√(finality + bridge delay) + bridge risk,  at most 1
public struct ForeignCollateral: Hashable, Sendable {
  /// The haircut that the asset has at home, 0 to 1.
  public let haircut: Double
  /// σ per √year.
  public let volatility: Double
  /// How long the chain takes until a block is final, in seconds.
  public let finalitySeconds: Double
  /// How long the bridge takes, in seconds.
  public let bridgeSeconds: Double
  /// The share that the bridge itself may lose, 0 to 1.
  public let bridgeRisk: Double

  /// Collateral of a chain.
  public init(
    haircut: Double, volatility: Double, finalitySeconds: Double, bridgeSeconds: Double, bridgeRisk: Double
  ) {
    self.haircut = haircut
    self.volatility = volatility
    self.finalitySeconds = finalitySeconds
    self.bridgeSeconds = bridgeSeconds
    self.bridgeRisk = bridgeRisk
  }

  /// The haircut with everything; 1 if a number is not finite or negative.
  public func haircut(multiple z: Double) -> Double {
    let all = [haircut, volatility, finalitySeconds, bridgeSeconds, bridgeRisk, z]
    guard all.allSatisfy({ $0 >= 0 && $0 < .infinity }) else { return 1 }
    let years = (finalitySeconds + bridgeSeconds) / (365 * 86_400)
    return min(1, haircut + z * volatility * years.squareRoot() + bridgeRisk)
  }
}

/// Something locked on another chain.
public struct CollateralLock: Hashable, Sendable {
  /// The chain.
  public let chain: String
  /// The asset.
  public let asset: String
  /// Lots; not negative.
  public let lots: UInt64
  /// Whose it is: a name that says nothing elsewhere.
  public let owner: Digest
  /// What makes the lock unique: known to its owner until it is pledged.
  public let serial: Digest

  /// A lock.
  public init(chain: String, asset: String, lots: UInt64, owner: Digest, serial: Digest) {
    self.chain = chain
    self.asset = asset
    self.lots = lots
    self.owner = owner
    self.serial = serial
  }

  /// What stands in the chain's tree of locks: SHA-256 of all fields.
  public var leaf: Digest {
    var writer = CanonicalWriter(domain: "solvency/collateral-lock/v1")
    writer.append(text: Array(chain.utf8))
    writer.append(text: Array(asset.utf8))
    writer.append(lots)
    writer.append(owner)
    writer.append(serial)
    return .sha256(of: writer.bytes)
  }

  /// What a pledge reveals: the same for the same lock no matter to whom it is pledged, and nothing about it
  /// otherwise.
  public var nullifier: Digest {
    var writer = CanonicalWriter(domain: "solvency/collateral-nullifier/v1")
    writer.append(serial)
    return .sha256(of: writer.bytes)
  }
}

/// The way from a lock to the root of its chain's tree: siblings from the leaf up.
public struct LockProof: Hashable, Sendable {
  /// The place of the leaf, from 0.
  public let index: UInt64
  /// The siblings.
  public let siblings: [Digest]

  /// A proof.
  public init(index: UInt64, siblings: [Digest]) {
    self.index = index
    self.siblings = siblings
  }

  /// H(0x01 ‖ left ‖ right), as RFC 6962 hashes nodes, over leaves H(0x00 ‖ leaf).
  static func node(_ left: Digest, _ right: Digest) -> Digest { .sha256(of: [1] + left.bytes + right.bytes) }

  /// The root that this proof leads to from a leaf; nil if the place does not fit the number of siblings.
  public func root(from leaf: Digest) -> Digest? {
    guard siblings.count < 64, index >> UInt64(siblings.count) == 0 else { return nil }
    var hash = Digest.sha256(of: [0] + leaf.bytes)
    for (level, sibling) in siblings.enumerated() {
      hash = index >> UInt64(level) & 1 == 0 ? Self.node(hash, sibling) : Self.node(sibling, hash)
    }
    return hash
  }

  /// The root of a full tree of leaves, their number a power of two, and the proof of each; nil for another
  /// number.
  public static func tree(of leaves: [Digest]) -> (root: Digest, proofs: [LockProof])? {
    guard !leaves.isEmpty, leaves.count & (leaves.count - 1) == 0 else { return nil }
    var level = leaves.map { Digest.sha256(of: [0] + $0.bytes) }
    var paths = [[Digest]](repeating: [], count: leaves.count)
    var width = 1
    while level.count > 1 {
      for index in leaves.indices { paths[index].append(level[(index / width) ^ 1]) }
      level = stride(from: 0, to: level.count, by: 2).map { node(level[$0], level[$0 + 1]) }
      width *= 2
    }
    return (level[0], paths.enumerated().map { LockProof(index: UInt64($0), siblings: $1) })
  }
}

/// The locks that a group of venues has accepted, each once.
public struct PledgeRegister: Hashable, Sendable {
  /// Why a pledge is refused.
  public enum Refusal: Error, Hashable, Sendable {
    /// The root is not one that the chain has confirmed.
    case unknownRoot
    /// The block of the root may still be reorganised.
    case notFinal
    /// The proof does not lead to the root.
    case proofFails
    /// The lock is pledged already.
    case pledgedBefore
  }

  private var roots: [Digest: UInt64] = [:]
  private var heads: [String: UInt64] = [:]
  private var chains: [Digest: String] = [:]
  private var nullifiers: Set<Digest> = []
  /// How many blocks must follow one before it counts, by chain; a chain that is not here counts never.
  public let finality: [String: UInt64]

  /// A register of chains.
  public init(finality: [String: UInt64]) { self.finality = finality }

  /// Notes a block of a chain and the root of its locks.
  public mutating func confirm(_ root: Digest, chain: String, height: UInt64) {
    roots[root] = height
    chains[root] = chain
    heads[chain] = max(heads[chain] ?? 0, height)
  }

  /// Takes back the blocks of a chain above a height: it was reorganised.
  public mutating func reorganise(_ chain: String, to height: UInt64) {
    for (root, place) in roots where place > height && chains[root] == chain {
      roots[root] = nil
      chains[root] = nil
    }
    heads[chain] = min(heads[chain] ?? 0, height)
  }

  /// Accepts a lock once.
  ///
  /// - Throws: ``Refusal``; nothing is changed then.
  public mutating func pledge(_ lock: CollateralLock, _ proof: LockProof, root: Digest) throws(Refusal) {
    guard let height = roots[root], chains[root] == lock.chain else { throw .unknownRoot }
    guard let depth = finality[lock.chain], (heads[lock.chain] ?? 0) >= height + depth else {
      throw .notFinal
    }
    guard proof.root(from: lock.leaf) == root else { throw .proofFails }
    guard nullifiers.insert(lock.nullifier).inserted else { throw .pledgedBefore }
  }

  /// Gives a lock free.
  public mutating func release(_ lock: CollateralLock) { nullifiers.remove(lock.nullifier) }
}
