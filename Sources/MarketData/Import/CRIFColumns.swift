/// Where a file in SIMM's risk interchange format (CRIF) states sensitivities.
///
/// Those to the price of an equity, a commodity or a currency are the gain at one percent, so a hundred times
/// that is a position in USD; others are not positions.
struct CRIFColumns {
  private static let prices = ["Risk_Equity", "Risk_Commodity", "Risk_FX"]
  private static let others = [
    "Risk_IRCurve", "Risk_IRVol", "Risk_Inflation", "Risk_InflationVol", "Risk_XCcyBasis", "Risk_CreditQ",
    "Risk_CreditNonQ", "Risk_CreditVol", "Risk_CreditVolNonQ", "Risk_BaseCorr", "Risk_EquityVol",
    "Risk_CommodityVol",
    "Risk_FXVol", "Param_ProductClassMultiplier", "Param_AddOnNotionalFactor", "Param_AddOnFixedAmount",
    "Notional",
    "PV",
  ]

  private let type: Int
  private let qualifier: Int
  private let amount: Int?
  private let currency: Int?
  private let dollars: Int?

  init?(_ table: Table) {
    guard let type = table.column(named: "risktype"), let qualifier = table.column(named: "qualifier") else {
      return nil
    }
    (self.type, self.qualifier) = (type, qualifier)
    amount = table.column(named: "amount")
    currency = table.column(named: "amountcurrency")
    dollars = table.column(named: "amountusd")
    guard dollars != nil || amount != nil && currency != nil else { return nil }
  }

  func read(_ table: inout Table, into export: inout AccountExport) throws(MarketDataError) {
    while try table.next() {
      let risk = try table.text(type)
      guard Self.prices.contains(risk) else {
        guard Self.others.contains(risk) else {
          throw table.unreadable(type, .word(Self.prices + Self.others))
        }
        export.notRepresented[risk, default: 0] += 1
        continue
      }
      let name = try table.text(qualifier)
      let amount = try inDollars(table)
      // Dollars do not move against themselves.
      if risk == "Risk_FX", name.uppercased() == "USD" {
        export.notRepresented["Risk_FX of USD itself", default: 0] += 1
      } else if let amount {
        export.amounts.append(
          ExportedAmount(
            section: .position, symbol: name, amount: amount, unit: .inverseContracts(multiplier: 100)))
      }
    }
    guard !export.amounts.isEmpty || export.notRepresented.isEmpty else {
      let counts = export.notRepresented.sorted { $0.key < $1.key }.map { "\($0.value) of \($0.key)" }
      throw MarketDataError(
        file: table.file,
        .contradiction(
          "has no sensitivities that are positions, only \(counts.joined(separator: ", ")); those are "
            + Self.prices.joined(separator: ", ")))
    }
  }

  /// The amount of the row in USD.
  private func inDollars(_ table: Table) throws(MarketDataError) -> String? {
    var (isInDollars, stated) = (false, String?.none)
    if let currency, let amount, try table.text(currency).uppercased() == "USD" {
      (isInDollars, stated) = (true, try table.amount(amount))
    }
    guard let dollars, !table.isEmpty(dollars) else {
      guard isInDollars else {
        throw table.failure(
          .unit("its amount is not in USD; state what it is in USD, as AmountUSD"))
      }
      return stated
    }
    let value = try table.amount(dollars)
    if let stated, let amount, try table.number(amount) != table.number(dollars) {
      throw table.failure(
        .contradiction(
          "its amount is \(stated) USD and its AmountUSD \(value ?? "0"); which of them is right?"))
    }
    return value
  }
}
