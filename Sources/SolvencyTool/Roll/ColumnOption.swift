internal import ArgumentParser
internal import VenueSolvencyProver

/// What a column of balances holds, on the command line: `amount=holding/BTC:8`,
/// `balance1=holding/BTC:amount`, `usdt=holding/USDT`, `note=-`.
struct ColumnOption {
  let name: String
  let choice: BalanceTable.ColumnChoice

  /// - Throws: `ValidationError` that says what is missing.
  init(_ argument: String) throws {
    guard let equals = argument.lastIndex(of: "=") else {
      throw ValidationError("write the column, an equals sign and what it holds: amount=holding/BTC")
    }
    name = String(argument[..<equals])
    let meaning = argument[argument.index(after: equals)...]
    guard !name.isEmpty else { throw ValidationError("write the name of the column before the equals sign") }
    guard !meaning.isEmpty else {
      throw ValidationError("write what \(name) holds behind the equals sign: holding/BTC, or - for nothing")
    }
    if meaning == "-" {
      choice = .ignored
    } else if meaning.hasSuffix(":amount") {
      choice = .amount(String(meaning.dropLast(":amount".count)))
    } else if let colon = meaning.lastIndex(of: ":"),
      let digits = Int(meaning[meaning.index(after: colon)...])
    {
      guard (0...18).contains(digits) else {
        throw ValidationError("the digits of \(name) are from 0 to 18")
      }
      choice = .units(String(meaning[..<colon]), digits: digits)
    } else {
      choice = .lots(String(meaning))
    }
  }
}
