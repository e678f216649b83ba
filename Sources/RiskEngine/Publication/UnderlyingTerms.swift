/// The parameters of one underlying, or of one instrument on it.
struct UnderlyingTerms {
  let configuration: EngineConfiguration
  let underlying: OverrideTarget
  let instrument: OverrideTarget?
  /// Seconds since the last publication; 0 for the first.
  let elapsed: Int64

  init(
    _ configuration: EngineConfiguration, underlying: String, instrument: String? = nil, elapsed: Int64
  ) {
    self.configuration = configuration
    self.underlying = .underlying(underlying)
    self.instrument = instrument.map { .instrument($0) }
    self.elapsed = elapsed
  }

  /// The integer of a parameter.
  subscript(parameter: Parameter) -> Int64 {
    guard let instrument else { return configuration[parameter, underlying] }
    return configuration[parameter, instrument, underlying]
  }

  /// A parameter in ppm as a fraction.
  func fraction(_ parameter: Parameter) -> Double { Rate.fraction(self[parameter]) }

  /// By how much in ppm a rate may relax since the last publication.
  var relaxation: Int64 { Pace.relaxation(self[.relaxation], seconds: elapsed) }

  /// How rates move.
  var limiterRule: RateLimiter.Rule {
    RateLimiter.Rule(relaxation: relaxation, deadBand: self[.deadBand])
  }

  /// How maintenance rates move.
  var maintenanceRule: RateLimiter.Rule {
    RateLimiter.Rule(
      relaxation: relaxation, deadBand: self[.deadBand],
      tightening: Pace.growth(self[.ramp], seconds: elapsed))
  }

  /// The number of bars of the given seconds in a day, at least one.
  func barsPerDay(_ interval: Int64) -> Int { max(1, Int(clamping: 86_400 / max(1, interval))) }

  /// The number of bars of the given seconds in a stretch of time, at least one.
  func bars(in parameter: Parameter, interval: Int64) -> Int {
    max(1, Int(clamping: self[parameter] / max(1, interval)))
  }

  /// Where the breaker trips.
  var breaker: CircuitBreaker.Thresholds {
    CircuitBreaker.Thresholds(
      sigmas: fraction(.breakerSigmas), depthShare: fraction(.breakerDepth),
      move: fraction(.breakerMove), halt: fraction(.breakerHalt),
      liquidationLoad: fraction(.breakerLoad), insuranceShare: fraction(.breakerInsurance),
      coolDown: self[.breakerCoolDown])
  }
}
