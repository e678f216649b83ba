import TestSupport
import TransparencyLog

/// Known answers in vectors/transparency-log, made by implementations that are not ours.
enum Known {
  struct Tree: Decodable {
    struct Inclusion: Decodable {
      let index: UInt64
      let size: UInt64
      let path: [String]
    }
    struct Consistency: Decodable {
      let old: UInt64
      let new: UInt64
      let path: [String]
    }
    let entries: [String]
    let roots: [String]
    let inclusion: [Inclusion]
    let consistency: [Consistency]
  }

  struct Notes: Decodable {
    struct Example: Decodable {
      let note: String
      let keys: [String]
    }
    struct Checkpoint: Decodable {
      let note: String
      let keys: [String]
      let origin: String
      let size: UInt64
      let root: String
      let logSeed: String?
      let witnessSeeds: [String]?
      let times: [UInt64]?
    }
    let example: Example
    let checkpoint: Checkpoint
    let empty: Checkpoint
  }

  struct Tiles: Decodable {
    let size: UInt64
    let root: String
    let files: [String: String]
    let paths: [String: String]
  }

  static func tree() throws -> Tree { try Vectors.load("transparency-log/tree.json") }
  static func notes() throws -> Notes { try Vectors.load("transparency-log/notes.json") }
  static func tiles() throws -> Tiles { try Vectors.load("transparency-log/tiles.json") }
}

/// A made-up log with its keys.
enum Sample {
  static let origin: ExactText = "log.example/ledger"
  static let logSeed: [UInt8] = Array(0..<32)

  static func signer(_ name: ExactText = origin, seed: [UInt8] = logSeed) throws -> NoteSigner {
    try NoteSigner(name: name, seed: seed.span)
  }

  static func cosigner(_ number: UInt8 = 0) throws -> Cosigner {
    try cosigner(
      named: ExactText("witness.example/w\(number)"), seed: [UInt8](repeating: 17 + number, count: 32))
  }

  static func cosigner(named name: ExactText, seed: [UInt8]) throws -> Cosigner {
    try Cosigner(name: name, seed: seed.span)
  }

  static func entry(_ index: UInt64) -> [UInt8] { Array("entry \(index)".utf8) }

  static func entries(_ count: UInt64) -> [[UInt8]] { (0..<count).map(entry) }

  static func tree(_ count: UInt64) -> MemoryTree { MemoryTree(entries(count)) }

  /// The log's checkpoint over its first entries, or over others.
  static func checkpoint(_ size: UInt64, of tree: MemoryTree) throws -> SignedCheckpoint {
    var tree = tree
    return try checkpoint(tree.head(at: size))
  }

  static func checkpoint(_ head: TreeHead) throws -> SignedCheckpoint {
    let signer = try signer()
    return try SignedCheckpoint(Checkpoint(origin: origin, head: head), by: signer)
  }

  /// A text with signature lines that nobody made.
  static func note(_ text: String, lines: [String]) -> [UInt8] {
    Array((text + "\n" + lines.map { $0 + "\n" }.joined()).utf8)
  }
}

extension String {
  var hash: MerkleHash {
    get throws {
      struct NotAHash: Error {}
      guard let hash = MerkleHash(try Hex.decode(self)) else { throw NotAHash() }
      return hash
    }
  }
}

extension MerkleHash {
  /// The hash with one bit changed.
  func flipped(_ bit: Int) -> MerkleHash {
    var bytes = bytes
    bytes[bit / 8] ^= 1 << UInt8(bit % 8)
    return MerkleHash(bytes) ?? .empty
  }
}
