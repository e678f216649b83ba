/// The numbers of words, by open addressing.
///
/// Places are the upper bits of a product with a random odd number, so that nobody can choose words that
/// meet.
struct NumberedWords {
  private let factor = UInt64.random(in: .min ... .max) | 1
  private var places: [(word: Int64, number: Int32)?]
  /// log₂ of the number of places.
  private var bits = 9
  private var count = 0

  init() { places = [(word: Int64, number: Int32)?](repeating: nil, count: 1 << bits) }

  /// The number of a word, which is a given one if it has none so far.
  mutating func number(of word: Int64, ifNew number: Int32) -> Int32 {
    let place = place(of: word)
    if let known = places[place] { return known.number }
    places[place] = (word, number)
    count += 1
    if 2 * count > places.count { grow() }
    return number
  }

  /// Where a word is, or belongs.
  private func place(of word: Int64) -> Int {
    var place = Int(truncatingIfNeeded: (UInt64(bitPattern: word) &* factor) >> UInt64(64 - bits))
    while let other = places[place], other.word != word { place = (place + 1) & (places.count - 1) }
    return place
  }

  private mutating func grow() {
    let old = places
    bits += 1
    places = [(word: Int64, number: Int32)?](repeating: nil, count: 1 << bits)
    for case let entry? in old { places[place(of: entry.word)] = entry }
  }
}
