import CanonicalBytes
import CircuitProofs
import ProofCore
import Ristretto
import Solvency
import TestSupport
import Testing
import VenueSolvency
import VenueSolvencyProver

/// What a venue makes public of hidden books: exact totals and bounds, by proof.
@Suite("Exposure of a roll")
struct ExposureTests {
  private let venue: Venue

  init() throws { venue = try Venue.sound.get() }

  /// The sums of the sound venue's books.
  private static let sums: [String: Int64] = ["cash": 1255, "position/P": 0, "holding/A": 16, "debt/A": 2]

  private func proved(_ totals: [String: ClosedRange<Int64>]) throws -> ProvedExposure {
    try venue.totalsProver().prove(exposing: totals)
  }

  private func verdict(_ proved: ProvedExposure, of sum: VectorCommitment? = nil) -> ExposureError? {
    do throws(ExposureError) {
      try venue.documents.checkExposure(proved, of: sum ?? venue.audit().sum)
      return nil
    } catch {
      return error
    }
  }

  @Test("exact totals and bounds are shown; a total that is one off, or out of its bounds, is not proved")
  func totals() throws {
    let exact = Self.sums.mapValues { $0...$0 }
    #expect(verdict(try proved(exact)) == nil)
    // Longs and shorts cancel, and nothing else is said.
    #expect(verdict(try proved(["position/P": 0...0])) == nil)
    #expect(verdict(try proved(["cash": 1255...1255, "debt/A": 0...2, "holding/A": 16...400])) == nil)
    for (name, value) in Self.sums {
      for wrong in [value - 1...value - 1, value + 1...value + 1, value + 1...value + 90, -90...value - 1] {
        #expect(throws: ExposureProvingError.notSo(name)) { try proved([name: wrong]) }
      }
    }
    #expect(throws: ExposureProvingError.exposure(.unknownCoordinate("cash/X"))) {
      try proved(["cash/X": 0...0])
    }
    #expect(throws: ExposureProvingError.exposure(.nothing)) { try proved([:]) }
    #expect(throws: ExposureProvingError.exposure(.outOfRange("cash"))) {
      try proved(["cash": 0...(1 << 62)])
    }
  }

  @Test("a proof of other totals, of another roll or of another sum is refused")
  func refused() throws {
    let honest = try proved(["cash": 1255...1255, "debt/A": 0...2])
    #expect(verdict(honest) == nil)
    let registry = venue.documents.registry
    for totals in [
      ["cash": 1254...1254, "debt/A": 0...2], ["cash": 1255...1255, "debt/A": 0...1],
      ["cash": 1255...1255], ["cash": 1255...1255, "debt/A": 0...2, "position/P": 0...0],
    ] as [[String: ClosedRange<Int64>]] {
      let other = try Exposure(of: honest.exposure.roll, totals: totals, registry: registry)
      #expect(verdict(ProvedExposure(other, proof: honest.proof)) == .rejected)
    }
    let foreign = try Exposure(of: .sha256(of: [1]), totals: honest.exposure.totals, registry: registry)
    #expect(verdict(ProvedExposure(foreign, proof: honest.proof)) == .otherRoll)
    // The sum without one account, or with one twice.
    let sum = venue.audit().sum
    let one = try VectorCommitment(decoding: venue.listings[0].account.commitment)
    #expect(verdict(honest, of: sum + one) == .rejected)
    #expect(verdict(honest, of: VectorCommitment(sum.point - one.point)) == .rejected)
    // One byte.
    var bytes = honest.proof.bytes
    bytes[bytes.count - 32] ^= 1
    #expect(verdict(ProvedExposure(honest.exposure, proof: CircuitProof(bytes: bytes))) == .rejected)
  }

  @Test("an exposure reads back as it was written, and bounds in the wrong order are refused")
  func file() throws {
    let honest = try proved(["cash": 0...5000])
    let registry = venue.documents.registry
    #expect(try ProvedExposure(decoding: honest.json.encoded(.indented), registry: registry) == honest)
    let text = String(decoding: honest.json.encoded(.compact), as: UTF8.self)
    for (old, new) in [
      ("[0,5000]", "[5000,0]"), ("[0,5000]", "[0]"), ("[0,5000]", "[0,1,2]"), ("\"cash\"", "\"nothing\""),
      ("[0,5000]", "[0,4611686018427387904]"),
    ] {
      #expect(text.contains(old))
      #expect(throws: FileError.self) {
        try ProvedExposure(decoding: Array(text.replacing(old, with: new).utf8), registry: registry)
      }
    }
  }
}
