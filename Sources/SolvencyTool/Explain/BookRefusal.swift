internal import ExactIntegers
internal import MarginRules
internal import Solvency
internal import SolvencyProver

/// Why a rule has no room for a book: the coordinate, what the book has of it, and the range.
struct BookRefusal {
  let rule: MarginRule
  let amounts: [AccountExplanation.Amount]

  /// Why a rule has no room for what a book has at a coordinate, for the trader's eyes.
  func text(of coordinate: String) -> String {
    reason(of: coordinate, "\(coordinate), \(amount(Integer(held(coordinate)), of: coordinate))")
  }

  /// The same for an error, which may be logged: what the book has stays out of it.
  func textWithoutAmount(of coordinate: String) -> String { reason(of: coordinate, coordinate) }

  private func held(_ coordinate: String) -> Int64 {
    amounts.first { $0.coordinate == coordinate }?.value ?? 0
  }

  private func reason(of coordinate: String, _ place: String) -> String {
    let held = held(coordinate)
    let name = "\(rule.circuitName) (\(rule.key.kind.rawValue))"
    let sentence = "\(name) has no room for what the book has at \(place)"
    switch rule.compiled.room(for: coordinate) {
    case .nothing:
      return
        "\(sentence): the circuit does not commit it, and so proves it to be 0. `ignore` it there, or take a "
        + "circuit that has it"
    case .range(let lower, let upper):
      return
        "\(sentence): \(limit(lower...upper, held, coordinate) ?? "the circuit takes \(lower) to \(upper)")"
    case .linked(let range):
      let limit = range.flatMap { self.limit($0, held, coordinate) }
      return "\(sentence): "
        + (limit ?? "the values that its link is made of are in ranges that do not add up to it")
    }
  }

  /// "at most 1,000,000 lots (1000 BTC)": which end of a range an amount of the book is beyond; nil if
  /// neither.
  private func limit(_ range: ClosedRange<Integer>, _ held: Int64, _ coordinate: String) -> String? {
    guard !range.contains(Integer(held)) else { return nil }
    let isAbove = range.upperBound < Integer(held)
    let end = isAbove ? range.upperBound : range.lowerBound
    return "at \(isAbove ? "most" : "least") \(amount(end, of: coordinate))"
  }

  private func amount(_ number: Integer, of coordinate: String) -> String {
    let amount = number.int64.flatMap { LotSizes(of: rule.snapshot).text($0, of: coordinate) }
    return "\(Money.grouped(number.description)) \(coordinate == Registry.cash ? "quanta" : "lots")"
      + (amount.map { " (\($0))" } ?? "")
  }
}
