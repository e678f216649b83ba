import MarginRules
import RiskEngine
import TestSupport
import Testing

@Suite("Asymmetric limiter")
struct LimiterTests {
  private let rule = RateLimiter.Rule(relaxation: 50_000, deadBand: 20_000)

  @Test("the response to an impulse: at once up, then down by at most five percent an epoch")
  func impulse() {
    var limiter = RateLimiter()
    let targets: [Int64?] = [100_000, 200_000, 100_000, 100_000, 100_000, nil, 100_000]
    let published = targets.map { limiter.step(toward: $0, by: rule) }
    // 200000·0.95 = 190000, ·0.95 = 180500, ·0.95 = 171475, held, ⌈·0.95⌉ = 162902
    #expect(published == [100_000, 200_000, 190_000, 180_500, 171_475, 171_475, 162_902])
  }

  @Test("within the dead band nothing relaxes")
  func deadBand() {
    var limiter = RateLimiter(current: 100_000)
    #expect(limiter.step(toward: 98_000, by: rule) == 100_000)
    #expect(limiter.step(toward: 97_999, by: rule) == 97_999)
    #expect(limiter.step(toward: 97_999, by: rule) == 97_999)
  }

  @Test("tightening is never delayed and relaxing never faster than the rule, on random targets")
  func properties() {
    var random = SplitMix64(seed: 24)
    for _ in 0..<200 {
      var limiter = RateLimiter()
      var before: Int64?
      for _ in 0..<50 {
        let target = Int64.random(in: 0...1_000_000, using: &random)
        let next = limiter.step(toward: target, by: rule) ?? -1
        #expect(next >= target)
        if let before {
          #expect(target >= before ? next == target : next <= before)
          #expect(next * 1_000_000 >= before * 950_000 || next >= target)
          #expect(next == before || next * 1_000_000 >= before * 950_000)
        }
        before = next
      }
    }
  }

  @Test("a ramp tightens by its share at most, and many short epochs come to one long one")
  func ramp() {
    var limiter = RateLimiter(current: 100_000)
    let rule = RateLimiter.Rule(relaxation: 50_000, deadBand: 0, tightening: 100_000)
    let published = (0..<4).map { _ in limiter.step(toward: 130_000, by: rule) }
    #expect(published == [110_000, 121_000, 130_000, 130_000])
    var nothing = RateLimiter(current: 0)
    #expect(nothing.step(toward: 70_000, by: rule) == 70_000)
    for (seconds, count) in [(300, 12), (900, 4)] as [(Int64, Int)] {
      var many = RateLimiter(current: 100_000)
      let short = RateLimiter.Rule(
        relaxation: Pace.relaxation(10_000, seconds: seconds), deadBand: 0,
        tightening: Pace.growth(100_000, seconds: seconds))
      for _ in 0..<count { _ = many.step(toward: 200_000, by: short) }
      #expect(abs((many.current ?? 0) - 110_000) < 30)
      for _ in 0..<count { _ = many.step(toward: 1_000, by: short) }
      #expect(abs((many.current ?? 0) - 108_900) < 30)
    }
    #expect(Pace.relaxation(10_000, seconds: 0) == 0 && Pace.growth(10_000, seconds: 0) == 0)
    #expect(Pace.relaxation(10_000, seconds: 3_600) == 10_000)
    #expect(Pace.memory(0.95, seconds: 0) == 1 && Pace.memory(0, seconds: 1) == 0)
  }

  @Test("an amount of which less is tighter falls at once and rises slowly")
  func amounts() {
    var limiter = RateLimiter()
    let targets: [Int64?] = [1_000, 100, 1_000, 1_000, nil, 0, 50]
    let published = targets.map { limiter.step(towardAmount: $0, growth: 100_000) }
    #expect(published == [1_000, 100, 110, 121, 121, 0, 50])
  }
}

@Suite("Circuit breaker")
struct CircuitBreakerTests {
  private let thresholds = CircuitBreaker.Thresholds(
    sigmas: 6, depthShare: 0.2, move: 0.13, halt: 0.4, insuranceShare: 0.1, coolDown: 10_800)

  @Test(
    "each cause asks for its level",
    arguments: [
      (CircuitBreaker.Signals(), 0), (CircuitBreaker.Signals(sigmas: 6), 1),
      (CircuitBreaker.Signals(depthShare: 0.19), 1), (CircuitBreaker.Signals(move: 0.13), 2),
      (CircuitBreaker.Signals(liquidationLoad: 1.01), 2), (CircuitBreaker.Signals(move: 0.4), 3),
      (CircuitBreaker.Signals(hasPrice: false), 3), (CircuitBreaker.Signals(insuranceShare: 0.09), 3),
      (CircuitBreaker.Signals(sigmas: .nan), 1), (CircuitBreaker.Signals(move: .nan), 3),
    ] as [(CircuitBreaker.Signals, Int64)])
  func levels(_ signals: CircuitBreaker.Signals, _ level: Int64) {
    #expect(thresholds.level(of: signals) == level)
  }

  @Test("it trips at once and reopens one level at a time, each after the cool-down")
  func reopening() {
    var breaker = CircuitBreaker()
    breaker.step(CircuitBreaker.Signals(move: 0.5), thresholds, elapsed: 3_600)
    #expect(breaker.level == 3)
    let levels = (0..<10).map { _ in
      breaker.step(CircuitBreaker.Signals(), thresholds, elapsed: 3_600)
      return breaker.level
    }
    #expect(levels == [3, 3, 2, 2, 2, 1, 1, 1, 0, 0])
  }

  @Test("it never flaps: between two rises of the level there is a full cool-down of fall")
  func noFlapping() {
    var random = SplitMix64(seed: 46)
    for _ in 0..<100 {
      var breaker = CircuitBreaker()
      var (before, sinceFall) = (Int64(0), 99)
      for _ in 0..<200 {
        let move = Double.random(in: 0...0.5, using: &random)
        breaker.step(CircuitBreaker.Signals(move: move), thresholds, elapsed: 3_600)
        #expect(breaker.level >= thresholds.level(of: CircuitBreaker.Signals(move: move)))
        sinceFall += 1
        if breaker.level < before {
          #expect(before - breaker.level == 1)
          #expect(sinceFall >= 3)
          sinceFall = 0
        }
        if breaker.level > before { sinceFall = 0 }
        before = breaker.level
      }
    }
  }

  @Test("a tripped breaker allows closing only")
  func flags() {
    let breaker = CircuitBreaker(level: 1, quietSeconds: 0)
    let flags = breaker.flags(InstrumentFlags())
    #expect(flags.closeOnly && !flags.openLong && !flags.openShort && !flags.stale)
    #expect(CircuitBreaker().flags(InstrumentFlags(openShort: false)).openLong)
  }
}
