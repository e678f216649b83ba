/// The parameters of the margin engine. ``Parameter/table`` says what each means.
public enum Parameter: Int, CaseIterable, Hashable, Sendable {
  // MARK: Prices and latency

  /// A price older than this is stale and its instruments may only be closed (M01).
  case priceMaximumAge
  /// A source further than this from the median of all is left out (M01).
  case priceDeviation
  /// The least number of live sources; with fewer the price is stale (M01).
  case priceQuorum
  /// Least half-width between the mark of what is held and of what is sold (M01).
  case confidenceFloor
  /// Largest rise of the price of what is held, an hour, that counts when margin relaxes (M04).
  case relaxingMoveCap
  /// A price further than this from its average of twapSeconds allows closing only (M04).
  case divergenceLimit
  /// Time over which prices are averaged for the divergence guard (M02, M04).
  case averageSeconds
  /// Time between blocks of the settling chain (M03).
  case blockSeconds
  /// Blocks until a liquidation is final (M03).
  case confirmations
  /// Time that a liquidation waits when the chain is not congested (M03).
  case queueSeconds
  /// How much longer the chain takes now than usual (M13).
  case congestion
  /// Latency that is assumed when it is unknown, and the most that counts (M03).
  case latencyCeiling
  /// Standard deviations of the move during the latency that margin covers (M03).
  case gapMultiple

  // MARK: Volatility and regimes

  /// Time that estimators look back over.
  case window
  /// With less history than this the volatility of the static strategy counts too.
  case warmUp
  /// Half-life of the fast volatility (M06, M08).
  case fastHalfLife
  /// Half-life of the slow volatility (M06, M08).
  case slowHalfLife
  /// Least volatility, per square root of a year.
  case volatilityFloor
  /// Greatest volatility that counts, per square root of a year.
  case volatilityCeiling
  /// Volatility of the static strategy, per square root of a year (M31).
  case staticVolatility
  /// Weight of implied beside realised volatility (M07).
  case impliedWeight
  /// Implied volatility older than this does not count (M07).
  case impliedMaximumAge
  /// Models with fitted coefficients are fitted again after this time (M06, M23, M40).
  case refit
  /// Time that tails are fitted to (M23).
  case fitWindow
  /// Calm below this ratio of fast to slow volatility (M08).
  case calmBelow
  /// Stress above this ratio of fast to slow volatility (M08).
  case stressAbove
  /// Extreme above this ratio of fast to slow volatility (M08).
  case extremeAbove
  /// Extreme after a bar of this number of slow standard deviations (M08).
  case jumpSigmas
  /// A regime is left only after this time below its level (M08).
  case leave
  /// Half-life of the faster part of the conditional variance (M06).
  case conditionalFast
  /// Half-life of the slower part of the conditional variance (M06).
  case conditionalSlow
  /// Weight of the faster part in the conditional variance (M06).
  case conditionalFastWeight
  /// Time over which the variance through the cycle is taken.
  case cycleWindow
  /// How much time of the static strategy's volatility counts beside what was observed through the cycle.
  case cyclePrior
  /// Weight of what holds through the cycle in the rate (EMIR RTS 153/2013, art. 28).
  case cycleWeight
  /// Conditional volatility counts up to this multiple of that through the cycle.
  case conditionalCap

  // MARK: Rates of margin

  /// How volatility enters: fixed, measured, or also forecast (M31).
  case strategy
  /// Standard deviations that maintenance margin covers (M22).
  case lossMultiple
  /// Least time that closing a position takes (M22).
  case liquidationHorizon
  /// Most time that closing a position is taken to need (M22).
  case horizonCeiling
  /// Share of traded volume that closing a position may be (M22).
  case participation
  /// Position for which the first bracket covers impact and closing time (M22).
  case referenceNotional
  /// Liquidation fee inside maintenance margin (M22).
  case liquidationFee
  /// Least maintenance margin of notional (M22).
  case maintenanceFloor
  /// Greatest maintenance margin of notional in the first bracket (M22).
  case maintenanceCeiling
  /// Initial over maintenance margin, while the market is no worse than through the cycle (M22).
  case initialRatio
  /// Initial over maintenance margin once the buffer between them is used up (M22).
  case initialLeastRatio
  /// Greatest initial margin of notional (M22, M26).
  case initialCeiling
  /// Greatest leverage whatever the market (M22).
  case leverageCap
  /// Probability that a loss within the horizon exceeds initial margin (M23).
  case insolvencyProbability
  /// Share of the worst returns that the tail is fitted to (M23).
  case tailShare
  /// Weight of the worst move observed so far in what holds through the cycle.
  case stressWeight
  /// Margin relaxes by no more than this share in an hour (M24).
  case relaxation
  /// Margin does not relax until it would by more than this share (M24).
  case deadBand
  /// Maintenance margin of open positions tightens by no more than this share in an hour (M24).
  case ramp
  /// Usual 25-delta risk reversal over at-the-money volatility (M19).
  case skewMean
  /// Standard deviation of the same (M19).
  case skewDeviation
  /// Buffer for each standard deviation of skew against a side (M19).
  case skewSlope
  /// Greatest buffer for skew (M19).
  case skewCap
  /// Share of the excess buffer that stays after an hour without quotes (M19).
  case skewMemory
  /// Usual 25-delta butterfly over at-the-money volatility (M19).
  case skewButterflyMean
  /// Standard deviation of the same (M19).
  case skewButterflyDeviation
  /// Buffer of both sides for each standard deviation of the butterfly above its mean (M19).
  case skewButterflySlope

  // MARK: Depth, open interest and crowding

  /// Depth is what both sides offer within this distance of the middle (M09).
  case depthBand
  /// An order book older than this counts as empty (M09).
  case depthMaximumAge
  /// Half-life of the average of depth (M09).
  case depthHalfLife
  /// Depth is no more than this quantile of what was recently seen (M09).
  case depthQuantile
  /// Time that depth looks back over, at instants evenly apart (M09).
  case depthWindow
  /// Time over which the low quantile of a day's volume is taken (M22).
  case volumeWindow
  /// Volume of a day is no more than this quantile of the days of the window (M22).
  case volumeQuantile
  /// Where there are no order books: depth as a share of daily volume.
  case volumeDepth
  /// Trading all the depth moves the price by this multiple of its band (M10).
  case impactCoefficient
  /// Brackets of each side (M27).
  case brackets
  /// Width of the first bracket as a share of depth; each node is twice the one before (M27).
  case firstBracket
  /// Largest position of one account as a share of depth (M26).
  case positionLimit
  /// How far forecasts cut the largest position (M26).
  case positionForecast
  /// Initial margin of the paying side for each standard deviation of funding (M11).
  case crowdingFunding
  /// Initial margin of the larger side for each standard deviation of the skew of open interest (M11).
  case crowdingSkew
  /// Greatest multiplier for crowding (M11).
  case crowdingCap
  /// Initial margin rises from this open interest on (M26).
  case openInterestLower
  /// Initial margin is everything from this open interest on; 0 disables (M26).
  case openInterestUpper
  /// No opening on a side with this much open interest; 0 disables (M26).
  case openInterestCap
  /// Positions may only be closed unless moving the price costs this multiple of what it can bring; 0
  /// disables (M04).
  case manipulationFactor
  /// The move of the price for which that is asked (M04).
  case manipulationMove
  /// By how much a drought that is certain raises the forecast volatility: k of 1 + k·p (M39).
  case droughtSensitivity
  /// Greatest factor of the forecast volatility for a drought (M39).
  case droughtCap
  /// b₀ of the probability of a drought: its log odds when every feature is usual (M39).
  case droughtBase
  /// Log odds of a drought for a rise of ln depth by 0.25 in an hour (M39).
  case droughtDepthHour
  /// Log odds of a drought for a rise of ln depth by 0.5 in a day (M39).
  case droughtDepthDay
  /// Log odds of a drought for a spread one standard deviation above its mean (M39).
  case droughtSpread
  /// Log odds of a drought for a ratio of fast to slow volatility 0.4 above 1 (M39).
  case droughtVolatility
  /// Log odds of a drought for funding one standard deviation further off than usual (M39).
  case droughtFunding
  /// Log odds of a drought for open interest of 30 instead of 10 times depth (M39).
  case droughtInterest
  /// Log odds of a drought for an hour of the week that was dry in 15 instead of 5 % of weeks (M39).
  case droughtHour

  // MARK: Scenarios and contingency

  /// Multiplier of scenario losses for initial margin (M19, M28).
  case buffer
  /// Furthest move of the scenario grid, of groups with options (M28).
  case priceRange
  /// Moves of the grid on each side (M28).
  case priceSteps
  /// Relative rise of the volatility of an option of 30 days (M28).
  case volatilityUp
  /// Relative fall of the volatility of an option of 30 days (M28).
  case volatilityDown
  /// Power p of the term structure (30/days)^p of volatility shocks, of options of less than 30 days (M28).
  case volatilityPower
  /// The same of options of 30 days and more (M28).
  case volatilityPowerLong
  /// The volatility that a rise leads to at least, per square root of a year (M28).
  case volatilityUpLeast
  /// Furthest fall; a second row has half of it (M28).
  case farDown
  /// Furthest rise; further rows have 2/3, 1/3 and 1/6 of it (M28).
  case farUp
  /// Multiple of range/|move| by which a far loss counts (M28).
  case farWeight
  /// Contingency of a short option, of the underlying (M29).
  case shortOptionMinimum
  /// Contingency of each lot of a future, of notional (M29).
  case basisCharge
  /// Half-width between the marks of an option held and sold, of its mark.
  case optionSpread
  /// Charge of each lot of an option for closing it, of its mark (M29).
  case optionSpreadCharge
  /// Charge of each lot of an option for its vega: so much volatility (M29).
  case optionVegaCharge
  /// An option chain older than this is stale: its options may only be closed.
  case optionMaximumAge

  // MARK: Collateral

  /// Standard deviations that a haircut covers (M30).
  case haircutMultiple
  /// Time that selling collateral takes (M30).
  case haircutHorizon
  /// Least haircut of an asset that is not stable (M30).
  case haircutFloor
  /// Least haircut of a stable asset (M30).
  case stableHaircut
  /// Haircut for initial over that for maintenance margin (M30).
  case initialHaircutRatio
  /// Greatest weight of an asset; 0 for own tokens and wrong-way risk (M30).
  case weightCeiling
  /// Lots beyond this are worth nothing; 0 for no cap (M30).
  case supplyCap
  /// Tranches of an asset that is not stable (M30).
  case collateralTranches
  /// A stable asset further than this from one dollar has lost its peg (M30).
  case depegThreshold
  /// Haircut for each unit beyond the threshold (M30).
  case depegSlope
  /// Time over which the slow average of an asset's price is taken (M30).
  case collapseWindow
  /// Below this share of its slow average an asset has collapsed and backs nothing until it is listed anew
  /// (M30).
  case collapseShare
  /// For how long a paused asset still backs what it backed (M35).
  case pauseNotice
  /// Interest a year on a debt in the asset when none of it is lent (M36).
  case borrowBase
  /// What is added to it when as much is lent as the kink says (M36).
  case borrowSlope
  /// What is further added when all is lent (M36).
  case borrowSteepSlope
  /// The share lent from which on interest rises steeply (M36).
  case borrowKink
  /// Interest is higher by this share in stress, and by twice it while the market is extreme (M36).
  case borrowStress

  // MARK: Zones, intervals, fees, breakers and failure

  /// Below this multiple of maintenance margin an account may only close (M32).
  case closeOnlyZone
  /// Multiple of debt of a healthy loan (M32).
  case healthyZone
  /// Later epochs in which a proof is still accepted (M33).
  case graceEpochs
  /// Time between margin calls at the reference volatility (M33).
  case callSeconds
  /// Least time between margin calls (M33).
  case callLeast
  /// Greatest time between margin calls (M33).
  case callMost
  /// Volatility at which margin is called after callSeconds (M33).
  case referenceVolatility
  /// Probability that a block brings a new snapshot (M37).
  case updateHazard
  /// No new snapshot sooner than this, except in an emergency (M37).
  case updateLeast
  /// A new snapshot at this age of the last one at the latest (M37).
  case updateMost
  /// Fee of closing, of notional, in a normal regime (M36).
  case takerFee
  /// How much the fee grows with the excess of fast over slow volatility (M36).
  case takerFeeSlope
  /// Greatest fee of closing, of notional (M36).
  case takerFeeCap
  /// Level 1 after a bar of this number of standard deviations (M46).
  case breakerSigmas
  /// Level 1 below this share of usual depth (M46).
  case breakerDepth
  /// Level 2 after a bar that moves this far (M46).
  case breakerMove
  /// Level 3 after a bar that moves this far (M46).
  case breakerHalt
  /// A level is left, one at a time, after this time without cause (M46).
  case breakerCoolDown
  /// Multiplier of margin from level 1 on (M46).
  case breakerWidening
  /// Multiplier of the last good margin while the engine fails (M22).
  case failureWidening
  /// Time without a good snapshot after which everything is halted (M22).
  case failureTime
  /// Fee of opening on the larger side, of notional, when all open interest is there (M36).
  case skewPremium
  /// Fee of leverage a day, of notional in the first bracket, for each standard deviation of volatility above
  /// its mean (M36).
  case leverageFee
  /// Greatest fee of leverage a day, of notional (M36).
  case leverageFeeCap
  /// Surcharge on orders that grow a position, of notional, at no health at all; none from healthyZonePpm on
  /// (M32).
  case increaseSurcharge
  /// Liquidations within this number of seconds count together (M46, M55).
  case liquidationWindow
  /// Multiple of depth that the market absorbs in that time (M46, M55).
  case absorption
  /// Level 2 when liquidations exceed this multiple of what the market absorbs (M46).
  case breakerLoad
  /// Level 3 when the insurance fund holds less than this share of what it should (M46).
  case breakerInsurance

  // MARK: Ages of series

  /// Bars do not count when the next is overdue by more than this.
  case barMaximumAge
  /// Funding payments do not count when the last is older than this.
  case fundingMaximumAge
  /// Open interest older than this does not count.
  case openInterestMaximumAge
  /// Reports of insurance and of what is lent do not count when they are older than this.
  case reportMaximumAge
}
