import MarketData

extension FuzzTarget {
  /// JSON that comes in pieces: each reader says of it what it says of the whole text. Of separated values
  /// only what is at hand is looked at before rows are read.
  static let marketBlocks: [FuzzTarget] = [
    FuzzTarget("json-blocks", .json, made: { answers.map { Array($0.utf8) } }) { bytes in
      try compare(bytes, blockSizes: [64, 129, 1_000])
    }
  ]

  /// - Throws: ``FuzzFailure`` if a reader makes another thing of a text that comes in pieces.
  private static func compare(_ bytes: [UInt8], blockSizes: [Int]) throws {
    let whole = readings(MarketSource(name: "input", bytes: bytes))
    for size in blockSizes {
      let parts = readings(pieces(bytes, blockSize: size))
      for (index, (all, part)) in zip(whole, parts).enumerated() where all != part {
        throw FuzzFailure(
          "reader \(index), blocks of \(size) bytes: \(part.prefix(500)), and not \(all.prefix(500))")
      }
    }
  }

  /// A text that comes in pieces, of which few are at hand.
  private static func pieces(_ bytes: [UInt8], blockSize: Int) -> MarketSource {
    var source = MarketSource(name: "input") {
      var rest = bytes[...]
      return {
        let piece = Array(rest.prefix(blockSize / 2))
        rest = rest.dropFirst(blockSize / 2)
        return piece.isEmpty ? nil : piece
      }
    }
    source.blockSize = blockSize
    return source
  }

  /// What readers make of a text, in words.
  private static func readings(_ source: MarketSource) -> [String] {
    let time: Int64 = 1_770_969_600
    func words<Series>(_ read: () throws -> Reading<Series>) -> String {
      do {
        let reading = try read()
        let quality = reading.quality
        return "\(quality.rows) \(reading.series) \(quality.findings) \(quality.units)"
      } catch {
        return "\(error)"
      }
    }
    return [
      words { try BarReader.read([source]) }, words { try FundingReader.read([source]) },
      words { try OpenInterestReader.read([source], of: "BTC", at: time) },
      words { try OrderBookReader.read([source], at: time) },
      words { try OptionChainReader.read([source], at: time) }, words { try PriceReader.read([source]) },
    ]
  }
}
