import Foundation
import Ristretto
import Testing

/// Bytes written as lower-case hexadecimal, as in the vector files.
struct HexBytes: Decodable, Hashable {
  let bytes: [UInt8]

  init(_ text: String) throws {
    guard text.utf8.count.isMultiple(of: 2) else { throw VectorError.badHex(text) }
    let digits = try text.utf8.map { digit in
      guard let value = Character(UnicodeScalar(digit)).hexDigitValue else {
        throw VectorError.badHex(text)
      }
      return UInt8(value)
    }
    bytes = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  init(from decoder: any Decoder) throws {
    try self.init(decoder.singleValueContainer().decode(String.self))
  }
}

enum VectorError: Error {
  case badHex(String)
}

/// The file `vectors/ristretto/<name>.json`.
func loadVectors<T: Decodable>(_ name: String, as type: T.Type) throws -> T {
  let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  let file = root.appending(path: "vectors/ristretto/\(name).json")
  return try JSONDecoder().decode(T.self, from: Data(contentsOf: file))
}

/// Numbers that look random and are the same in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }

  mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &self) }
  }

  mutating func scalar() -> Scalar { Scalar(reducing: bytes(64)) }

  mutating func point() -> Point { Point(uniformBytes: bytes(64)) }
}
