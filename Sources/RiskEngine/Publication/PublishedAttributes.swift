internal import MarginRules
internal import MarketData

extension SnapshotDraft {
  /// Publishes the venue's own numbers of instruments and assets, if it declares some.
  mutating func declareAttributes(of market: Market) {
    guard let names = market.listing.attributes else { return }
    attributes = SnapshotAttributes(instruments: names.instruments, collateral: names.assets)
    let ofInstruments = Dictionary(market.instruments.map { ($0.id, $0.attributes) }) { first, _ in first }
    for index in instruments.indices {
      instruments[index].attributes = ofInstruments[instruments[index].id] ?? []
    }
    let ofAssets = Dictionary(market.listing.assets.map { ($0.id, $0.attributes) }) { first, _ in first }
    for index in collateral.indices { collateral[index].attributes = ofAssets[collateral[index].id] ?? [] }
  }
}
