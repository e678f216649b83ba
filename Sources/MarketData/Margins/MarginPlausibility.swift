internal import CanonicalBytes

/// What imported margins must be, and what in them is worth a look.
enum MarginPlausibility {
  /// Above these rates of a small position, percent may have been read as a fraction.
  private static let largeRates = (initial: 0.35, maintenance: 0.2)
  /// Up to this position, in USD, margin that grows in a line has not grown.
  private static let smallPosition = 50_000.0
  /// How many times maintenance margin initial margin of a contract is at most.
  private static let largestRatio = 3.0
  /// How many times margin of a contract becomes more or less in one step at most.
  private static let largestStep = 5.0

  /// What instruments ask that is possible, and improbable, in words.
  static func findings(_ margins: [BracketMargin]) -> [String] {
    let large = margins.filter { margin in
      guard let first = margin.brackets.first else { return false }
      return first.initialRate > largeRates.initial || first.maintenanceRate > largeRates.maintenance
    }
    var findings: [String] = []
    if let first = large.first, 2 * large.count >= margins.count {
      findings.append(
        "\(large.count) of \(margins.count) instruments ask more than \(largeRates.initial) of the notional of a small position, "
          + "or \(largeRates.maintenance) to keep it, \(first.symbol) as the first; are rates percent, written as fractions?"
      )
    }
    // Leverage says initial margin; what has none has one rate for both.
    let equal = margins.filter { $0.brackets.allSatisfy { $0.initialRate == $0.maintenanceRate } }
    if let first = equal.first {
      findings.append(
        "\(equal.count) of \(margins.count) instruments ask initial margin no higher than maintenance margin, \(first.symbol) as "
          + "the first; is the leverage missing, or are rates doubled?")
    }
    return findings
  }

  /// What margins that grow by steps are possible, and improbable, in words.
  static func findings(_ margins: [StepMargin]) -> [String] {
    let steep = margins.filter { $0.step.isFinite && $0.base * $0.price < smallPosition }
    guard let first = steep.first else { return [] }
    return [
      "margin of \(steep.count) of \(margins.count) instruments grows from a position of less than \(plain(smallPosition)) USD on, "
        + "\(first.symbol) as the first; is the increase percent, without its sign?"
    ]
  }

  /// What margins of a contract are possible, and improbable, in words.
  static func findings(_ margins: [ContractMargin]) -> [String] {
    var findings: [String] = []
    if let margin = margins.first(where: { $0.initialUSD < 1 }) {
      findings.append(
        "a contract asks \(margin.initialUSD) USD; are these rates? The table states USD of one contract")
    }
    if let margin = margins.first(where: { $0.initialUSD > largestRatio * $0.maintenanceUSD }) {
      findings.append(
        "initial margin of \(margin.initialUSD) USD is more than \(largestRatio) times maintenance margin of "
          + "\(margin.maintenanceUSD) USD; is one of them another contract's?")
    }
    for (before, after) in zip(margins, margins.dropFirst()) {
      let ratio = after.initialUSD / before.initialUSD
      guard ratio > largestStep || ratio < 1 / largestStep else { continue }
      findings.append(
        "initial margin goes from \(before.initialUSD) to \(after.initialUSD) USD in one step; are these one contract?"
      )
      break
    }
    return findings
  }

  /// What arrays of SPAN say that is possible, and improbable, in words.
  static func findings(_ span: SpanFile) -> [String] {
    let futures = span.contracts.filter { $0.kind == .future }
    // A long future gains where the price rises, by as much as it loses where it falls.
    let reversed = futures.filter { future in
      zip(SpanFile.scenarios, future.gains).allSatisfy {
        $0.priceThirds == 0 || Double($0.priceThirds) * $1 <= 0
      }
        && future.gains.contains { $0 != 0 }
    }
    var findings: [String] = []
    if let first = reversed.first {
      findings.append(
        "\(reversed.count) of \(futures.count) futures lose where the price rises, \(first.commodity) \(first.month) as the "
          + "first; are the arrays gains, or those of a short contract?")
    }
    let flat = span.contracts.count { $0.gains.allSatisfy { $0 == 0 } }
    if flat > 0 { findings.append("\(flat) of \(span.contracts.count) arrays are zero in every scenario") }
    let foreign = span.contracts.filter { $0.currency != "USD" }
    if let first = foreign.first {
      findings.append(
        "\(foreign.count) of \(span.contracts.count) contracts gain in another currency than USD, or in none that is stated, "
          + "\(first.commodity) \(first.month) in \(quoted(first.currency)) as the first")
    }
    if span.incomplete > 0 {
      findings.append("\(span.incomplete) arrays have not sixteen values and were left out; is the file cut?")
    }
    var names: Set<SpanContract> = []
    let twice = span.contracts.filter { !names.insert($0.named).inserted }
    if let first = twice.first {
      findings.append(
        "\(twice.count) of \(span.contracts.count) contracts stand twice, \(first.commodity) \(first.month) as the first"
      )
    }
    return findings
  }
}

extension SpanContract {
  /// What names a contract, without what it gains.
  fileprivate var named: SpanContract {
    var contract = self
    contract.gains = []
    return contract
  }
}

extension StepMargin {
  /// Why the numbers are those of no margin, in words; nil if they may be.
  var fault: String? {
    if !(maintenanceRate > 0 && maintenanceRate <= initialRate && initialRate <= 1) {
      return
        "the rates \(initialRate) and \(maintenanceRate) are not 0 < maintenance ≤ initial ≤ 1; are they percent, or exchanged?"
    }
    if !(initialStepRate >= 0 && initialStepRate <= 1 && maintenanceStepRate >= 0 && maintenanceStepRate <= 1)
    {
      return "a step does not add from 0 to 1 to a rate"
    }
    if !(base > 0 && base < .infinity && step > 0) { return "the sizes of steps are not positive" }
    if !(price > 0 && price < .infinity) { return "the price is \(price), not positive" }
    // A thousand steps are more than any bracket has.
    if !((base + (step.isFinite ? 1_000 * step : 0)) * price < .infinity) {
      return "the notional of its steps is beyond all numbers"
    }
    if !(openInterest >= 0 && openInterest < .infinity && maximum ?? 1 > 0) {
      return "open interest or the largest position is negative"
    }
    return nil
  }
}

extension [BracketMargin] {
  /// Refuses files without instruments, instruments without brackets or that stand twice, and brackets that
  /// cannot be.
  func checked(in file: String) throws(MarketDataError) -> [BracketMargin] {
    try checkSymbols(map(\.symbol), in: file)
    if let empty = first(where: \.brackets.isEmpty) {
      throw MarketDataError(file: file, .contradiction("has no brackets for \(quoted(empty.symbol))"))
    }
    for margin in self {
      for index in margin.brackets.indices {
        let before = index > 0 ? margin.brackets[index - 1] : nil
        guard let fault = margin.brackets[index].fault(after: before) else { continue }
        throw MarketDataError(
          file: file, .contradiction("bracket \(index + 1) of \(quoted(margin.symbol)): \(fault)"))
      }
    }
    return self
  }
}

extension [StepMargin] {
  /// Refuses files without instruments, and instruments that stand twice or whose numbers are those of no
  /// margin.
  func checked(in file: String) throws(MarketDataError) -> [StepMargin] {
    try checkSymbols(map(\.symbol), in: file)
    for margin in self {
      guard let fault = margin.fault else { continue }
      throw MarketDataError(
        file: file, .contradiction("states of \(quoted(margin.symbol)) what no margin is: \(fault)"))
    }
    return self
  }
}

private func checkSymbols(_ symbols: [String], in file: String) throws(MarketDataError) {
  guard !symbols.isEmpty else { throw MarketDataError(file: file, .noRows) }
  var seen: Set<String> = []
  for symbol in symbols where !seen.insert(symbol).inserted {
    throw MarketDataError(
      file: file, .contradiction("has the margins of \(quoted(symbol)) twice; leave one out"))
  }
}
