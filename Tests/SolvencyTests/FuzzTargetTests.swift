import FuzzTargets
import Testing

@Suite("Fuzz targets")
struct FuzzTargetTests {
  @Test("every target takes its seeds and some changes of them", arguments: FuzzTarget.all.map(\.name))
  func seeds(_ name: String) throws {
    let target = try #require(FuzzTarget.named(name))
    let seeds = try target.seeds()
    #expect(seeds.count > 1)
    var mutator = Mutator(seed: 1)
    // Proofs and rules take longer than the reading of a document.
    let isSlow = ["parity", "circuit-proof", "range-proof", "circuit-compilation", "range-file"].contains(
      name)
    for seed in isSlow ? seeds.prefix(3) : seeds[...] {
      try target.run(seed)
      for _ in 0..<(isSlow ? 3 : 40) {
        try target.run(mutator.mutated(seed, with: seeds[mutator.choice(of: seeds.count)], form: target.form))
      }
    }
  }
}
