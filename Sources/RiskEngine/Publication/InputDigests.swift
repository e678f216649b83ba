public import CanonicalBytes
public import MarketData
internal import RiskModels

/// The digest of one series of the market up to an instant, by name: "BTC/bars".
public struct InputDigest: Hashable, Sendable {
  /// What was read.
  public let name: String
  /// The digest of its rows.
  public let digest: Digest

  /// A name and a digest.
  public init(name: String, digest: Digest) {
    self.name = name
    self.digest = digest
  }
}

/// Digests of series that grow (M38): rows are hashed in blocks of ``rowsPerBlock``, and the digest of a
/// series is the hash of its blocks in order. Blocks that are full are hashed once, so the next instant costs
/// one block.
///
/// It also remembers the moves of bars, so that a replay takes in each bar once.
///
/// The digest depends on the rows known at the instant and on nothing later: a file that has grown since
/// still gives it.
public struct InputLedger: Sendable {
  /// How many rows a block has.
  public static let rowsPerBlock = 256

  /// Digests of full blocks by name of the series.
  private var blocks: [String: [Digest]] = [:]
  /// The moves of the bars of each underlying.
  private var moves: [String: BarMoves] = [:]

  /// Nothing hashed yet.
  public init() {}

  /// The digests of everything known at an instant, listing first, then each series in the order of the
  /// listing.
  public mutating func digests(of market: Market, _ view: MarketView) -> [InputDigest] {
    var found = [InputDigest(name: "listing", digest: listing(market))]
    for underlying in view.underlyings {
      let id = underlying.id
      found.append(
        series("\(id)/bars", underlying.bars) { bar, bytes in
          bytes.append(bar.openTime)
          for value in [bar.open, bar.high, bar.low, bar.close, bar.baseVolume, bar.quoteVolume] {
            bytes.append(value)
          }
        })
      found.append(
        series("\(id)/funding", underlying.funding) { print, bytes in
          bytes.append(print.time)
          bytes.append(print.ratePerEightHours)
        })
      found.append(
        series("\(id)/open-interest", underlying.openInterest) { print, bytes in
          bytes.append(print.time)
          bytes.append(print.longUSD)
          bytes.append(print.shortUSD)
        })
      found.append(series("\(id)/prices", underlying.prices, Self.observation))
      for venue in underlying.books {
        found.append(
          series("\(id)/books/\(venue.venue)", venue.books) { book, bytes in
            bytes.append(venue.weightPpm)
            bytes.append(book.timeMilliseconds)
            for side in [book.bids, book.asks] {
              bytes.append(Int64(side.count))
              for level in side {
                bytes.append(level.price)
                bytes.append(level.sizeUSD)
              }
            }
          })
      }
      found.append(InputDigest(name: "\(id)/chain", digest: Self.chain(underlying.chain)))
      found.append(
        series("\(id)/liquidations", underlying.liquidations) { print, bytes in
          bytes.append(print.time)
          bytes.append(print.notionalUSD)
        })
    }
    for (asset, prices) in zip(market.listing.assets, view.assetPrices) {
      found.append(series("\(asset.id)/prices", prices, Self.observation))
    }
    for (asset, usage) in zip(market.listing.assets, view.assetUsage) {
      found.append(
        series("\(asset.id)/usage", usage) { print, bytes in
          bytes.append(print.time)
          for value in [print.supplied, print.borrowed, print.backedUSD] { bytes.append(value) }
        })
    }
    found.append(
      series("insurance", view.insurance) { print, bytes in
        bytes.append(print.time)
        for value in [print.fundUSD, print.requiredUSD] { bytes.append(value) }
      })
    return found
  }

  /// The moves of all bars of a view, of which only those that are new are computed.
  mutating func moves(of view: UnderlyingView) -> BarMoves {
    moves[view.id, default: BarMoves()].update(view.bars)
    return moves[view.id] ?? BarMoves()
  }

  private static func observation(_ row: PriceObservation, _ bytes: inout RowBytes) {
    bytes.append(row.source)
    bytes.append(row.timeMilliseconds)
    bytes.append(row.price)
    bytes.append(row.confidence)
  }

  private static func chain(_ chain: OptionChain?) -> Digest {
    var bytes = RowBytes()
    if let chain {
      bytes.append(chain.time)
      for quote in chain.quotes {
        bytes.append(quote.expiry)
        bytes.append(quote.strike)
        bytes.append(quote.kind.rawValue)
        bytes.append(quote.forward)
        for value in [
          quote.bid, quote.ask, quote.mark, quote.markVolatility, quote.bidVolatility,
          quote.askVolatility,
        ] {
          bytes.append(value == nil ? Int64(0) : 1)
          bytes.append(value ?? 0)
        }
        bytes.append(quote.openInterest)
      }
    }
    return .sha256(of: bytes.bytes)
  }

  private func listing(_ market: Market) -> Digest {
    var bytes = RowBytes()
    for underlying in market.listing.underlyings { bytes.append(underlying.id) }
    bytes.append(Int64(market.instruments.count))
    for instrument in market.instruments {
      bytes.append(instrument.id)
      bytes.append(instrument.kind.rawValue)
      bytes.append(instrument.underlying)
      bytes.append(instrument.lot.units)
      bytes.append(instrument.lot.text)
      bytes.append(instrument.expiry ?? -1)
      bytes.append(instrument.strike ?? -1 as Double)
    }
    for asset in market.listing.assets {
      bytes.append(asset.id)
      bytes.append(asset.underlying ?? "")
      bytes.append(asset.prices?.paths.joined(separator: "\n") ?? "")
      bytes.append(asset.isStable ? Int64(1) : 0)
      bytes.append(asset.lot.units)
      bytes.append(asset.lot.text)
      bytes.append(asset.isolationCeiling ?? -1)
      bytes.append(asset.maxBorrow ?? -1)
      bytes.append(asset.group ?? "")
      bytes.append(asset.pausedSince ?? -1)
      bytes.append(asset.listedSince ?? -1)
    }
    // What declares none has the bytes that it had before there were any.
    if let names = market.listing.attributes {
      for (names, numbers) in [
        (names.instruments, market.instruments.map(\.attributes)),
        (names.assets, market.listing.assets.map(\.attributes)),
      ] {
        bytes.append(Int64(names.count))
        for name in names { bytes.append(name) }
        for number in numbers.joined() { bytes.append(number) }
      }
    }
    return .sha256(of: bytes.bytes)
  }

  /// The digest of a series: SHA-256 of the digests of its blocks, the last of which may have fewer rows.
  private mutating func series<Row>(
    _ name: String, _ rows: ArraySlice<Row>, _ encode: (Row, inout RowBytes) -> Void
  ) -> InputDigest {
    let full = rows.count / Self.rowsPerBlock
    var digests = blocks[name] ?? []
    func block(_ index: Int, count: Int) -> Digest {
      var bytes = RowBytes()
      bytes.bytes.reserveCapacity(count * MemoryLayout<Row>.size)
      let start = rows.startIndex + index * Self.rowsPerBlock
      for row in rows[start..<start + count] { encode(row, &bytes) }
      return .sha256(of: bytes.bytes)
    }
    if digests.count < full {
      for index in digests.count..<full {
        digests.append(block(index, count: Self.rowsPerBlock))
      }
      blocks[name] = digests
    }
    var all = digests.prefix(full).flatMap(\.bytes)
    let rest = rows.count - full * Self.rowsPerBlock
    if rest > 0 { all += block(full, count: rest).bytes }
    return InputDigest(name: name, digest: .sha256(of: all))
  }
}

extension InputDigest {
  /// The hash of everything that a snapshot depends on (M38): SHA-256 of a domain and, in this order, the
  /// digests of configuration, state before, and each input with its name, the instant, and the beacon.
  public static func root(
    configuration: [UInt8], state: Digest, inputs: [InputDigest], time: Int64, beacon: Digest
  ) -> Digest {
    var bytes = RowBytes()
    bytes.append("solvency/engine-input/v1")
    bytes.append(Digest.sha256(of: configuration))
    bytes.append(state)
    bytes.append(Int64(inputs.count))
    for input in inputs {
      bytes.append(input.name)
      bytes.append(input.digest)
    }
    bytes.append(time)
    bytes.append(beacon)
    return .sha256(of: bytes.bytes)
  }
}

/// Values as bytes of stated length: words little-endian, texts with their length.
private struct RowBytes {
  var bytes: [UInt8] = []

  mutating func append(_ value: Int64) {
    append(word: UInt64(bitPattern: value))
  }

  mutating func append(_ value: Double) {
    append(word: value.bitPattern)
  }

  mutating func append(_ text: String) {
    append(Int64(text.utf8.count))
    bytes.append(contentsOf: text.utf8)
  }

  mutating func append(_ digest: Digest) {
    bytes.append(contentsOf: digest.bytes)
  }

  private mutating func append(word: UInt64) {
    bytes.append(littleEndian: word)
  }
}
