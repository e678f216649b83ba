/// What imported margins must be, and what in them is worth a look.
enum MarginPlausibility {
  /// From this initial rate of a small position on, percent may have been read as a fraction.
  private static let largeRate = 0.5
  /// How many times maintenance margin initial margin of a contract is at most.
  private static let largestRatio = 3.0
  /// How many times margin of a contract becomes more or less in one step at most.
  private static let largestStep = 5.0

  /// What instruments ask that is possible, and improbable, in words.
  static func findings(_ margins: [BracketMargin]) -> [String] {
    let large = margins.filter { ($0.brackets.first?.initialRate ?? 0) >= largeRate }
    guard let first = large.first, 2 * large.count >= margins.count else { return [] }
    return [
      "\(large.count) of \(margins.count) instruments ask half of the notional and more of a small position, \(first.symbol) "
        + "as the first; are rates percent, written as fractions?"
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
    return findings
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
    if !(openInterest >= 0 && openInterest < .infinity && maximum ?? 1 > 0) {
      return "open interest or the largest position is negative"
    }
    return nil
  }
}

extension [BracketMargin] {
  /// Refuses files without instruments, instruments without brackets, and instruments that stand twice.
  func checked(in file: String) throws(MarketDataError) -> [BracketMargin] {
    try checkSymbols(map(\.symbol), in: file)
    if let empty = first(where: \.brackets.isEmpty) {
      throw MarketDataError(file: file, .contradiction("has no brackets for \(shown(empty.symbol))"))
    }
    return self
  }
}

extension [StepMargin] {
  /// Refuses files without instruments, and instruments that stand twice or whose numbers are those of no margin.
  func checked(in file: String) throws(MarketDataError) -> [StepMargin] {
    try checkSymbols(map(\.symbol), in: file)
    for margin in self {
      guard let fault = margin.fault else { continue }
      throw MarketDataError(
        file: file, .contradiction("states of \(shown(margin.symbol)) what no margin is: \(fault)"))
    }
    return self
  }
}

private func checkSymbols(_ symbols: [String], in file: String) throws(MarketDataError) {
  guard !symbols.isEmpty else { throw MarketDataError(file: file, .noRows) }
  var seen: Set<String> = []
  for symbol in symbols where !seen.insert(symbol).inserted {
    throw MarketDataError(
      file: file, .contradiction("has the margins of \(shown(symbol)) twice; leave one out"))
  }
}
