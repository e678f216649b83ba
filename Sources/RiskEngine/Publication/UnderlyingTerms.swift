/// The parameters of one underlying, or of one instrument on it.
struct UnderlyingTerms {
  let configuration: EngineConfiguration
  let underlying: OverrideTarget
  let instrument: OverrideTarget?

  init(_ configuration: EngineConfiguration, underlying: String, instrument: String? = nil) {
    self.configuration = configuration
    self.underlying = .underlying(underlying)
    self.instrument = instrument.map { .instrument($0) }
  }

  /// The integer of a parameter.
  subscript(parameter: Parameter) -> Int64 {
    guard let instrument else { return configuration[parameter, underlying] }
    return configuration[parameter, instrument, underlying]
  }

  /// A parameter in ppm as a fraction.
  func fraction(_ parameter: Parameter) -> Double { Rate.fraction(self[parameter]) }

  /// How rates move.
  var limiterRule: RateLimiter.Rule {
    RateLimiter.Rule(relaxation: self[.relaxation], deadBand: self[.deadBand])
  }

  /// How maintenance rates move.
  var maintenanceRule: RateLimiter.Rule {
    RateLimiter.Rule(
      relaxation: self[.relaxation], deadBand: self[.deadBand], phaseInEpochs: self[.phaseInEpochs],
      phaseInImmediate: self[.phaseInImmediate])
  }

  /// The worst moves by horizon.
  var stressFloor: StressFloor {
    StressFloor(
      worstMoves: [.stress1, .stress2, .stress4, .stress8, .stress24].map { fraction($0) })
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
