internal import ArgumentParser
internal import VenueSolvencyProver

/// What a column of balances holds, on the command line: `amount=holding/BTC:8`, `balance1=holding/BTC:amount`,
/// `usdt=holding/USDT`, `note=-`.
struct ColumnOption: ExpressibleByArgument {
  let name: String
  let choice: BalanceTable.ColumnChoice

  init?(argument: String) {
    guard let equals = argument.lastIndex(of: "=") else { return nil }
    name = String(argument[..<equals])
    let meaning = argument[argument.index(after: equals)...]
    guard !name.isEmpty, !meaning.isEmpty else { return nil }
    if meaning == "-" {
      choice = .ignored
    } else if meaning.hasSuffix(":amount") {
      choice = .amount(String(meaning.dropLast(":amount".count)))
    } else if let colon = meaning.lastIndex(of: ":"),
      let digits = Int(meaning[meaning.index(after: colon)...])
    {
      guard (0...18).contains(digits) else { return nil }
      choice = .units(String(meaning[..<colon]), digits: digits)
    } else {
      choice = .lots(String(meaning))
    }
  }
}
