/// What a front-runner of margin changes holds and expects (mechanisms M37, M60).
///
/// Between snapshots accounts are not looked at; the next one closes all whom the market has brought down
/// meanwhile, and the price of the step after it shows it. Anyone who knows the step before sells, where
/// prices have fallen since the last snapshot, and buys back in the step after. The path itself it hedges on
/// another venue, whose price is the undisturbed one: what it earns is the move that closings make.
struct FrontRunner {
  /// A position in an instrument, and since when.
  struct Position {
    let lots: Int64
    let step: Int
    /// The undisturbed price of a lot then, in USD.
    let hedge: Double
  }

  var positions: [Position?]
  /// By which share it expects a snapshot to move the price onwards.
  var expected: [Double]
  /// The prices at the last snapshot.
  var published: [Double]
  /// The deviation of the prices of the last step, in logarithms, and in which direction a snapshot of that
  /// step moved them.
  var deviations: [Double]
  var directions: [Double]
  var trades = 0
  /// Of them, those within which a snapshot came.
  var hits = 0

  init(_ prices: [Double], expecting share: Double) {
    positions = Array(repeating: nil, count: prices.count)
    expected = prices.map { _ in share }
    published = prices
    deviations = prices.map { _ in 0 }
    directions = deviations
  }
}
