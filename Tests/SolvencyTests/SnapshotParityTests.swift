import Foundation
import FuzzTargets
import MarginRules
import TestSupport
import Testing

/// What a sound snapshot promises to every shipped rule.
@Suite("Plain rule and circuit over random snapshots")
struct SnapshotParityTests {
  @Test
  func
    `over 200 random snapshots no plain rule traps, none is without charge, and each agrees with its circuit`()
    throws
  {
    let parity = try Parity { name in
      Array(try Data(contentsOf: Vectors.packageRoot.appending(path: "circuits/\(name).circuit")))
    }
    var counts = Parity.Counts()
    for seed in 0..<200 as Range<UInt64> {
      var random = SplitMix64(seed: seed)
      try parity.check(random.bytes(300), counts: &counts)
    }
    // Neither kind of draft is rare, and neither verdict.
    #expect((75...175).contains(counts.sound), "\(counts)")
    #expect(counts.compiled > 6 * counts.sound)
    #expect(counts.covered > counts.books / 10 && counts.covered < counts.books * 9 / 10, "\(counts)")
    #expect(counts.charged > 100, "\(counts)")
  }
}
