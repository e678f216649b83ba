internal import CanonicalBytes
internal import MarginRules
internal import Solvency
internal import SolvencyProver

/// A book to start from: everything that a snapshot lists, and nothing of it held.
enum BookTemplate {
  static func json(under snapshot: RiskSnapshot) -> String {
    func zeros(_ names: [String]) -> JSONValue { .object(names.map { JSONMember($0, 0) }) }
    let assets = snapshot.collateral.map(\.id)
    let book: JSONValue = [
      "version": 1, "account": "my-account", "positions": zeros(snapshot.instruments.map(\.id)),
      "holdings": zeros(assets), "debts": zeros(assets), "cash": "1000.00 USD",
    ]
    return String(decoding: book.encoded(.indented), as: UTF8.self)
  }

  static func page(under snapshot: RiskSnapshot) -> String {
    var lines = [
      "# The members of a book", "",
      "The book is secret: it stays with the trader, and only its commitment is published. What is not listed is zero. An amount",
      "is a number of lots, or a decimal amount with its asset, such as \"0.5633 BTC\", which must be whole lots; cash counts quanta of",
      "0.000001 USD, or \"-637189.70 USD\".", "", "| member | meaning | one lot |", "|---|---|---|",
      "| `account` | its name, 1 to 128 bytes of printable text | |",
      "| `cash` | the balance, negative when it is owed | 0.000001 USD |",
    ]
    let lots = LotSizes(of: snapshot)
    func lot(_ coordinate: String) -> String { lots[coordinate]?.text ?? "" }
    for instrument in snapshot.instruments {
      lines.append(
        "| `positions.\(instrument.id)` | lots bought, negative when sold | \(lot(Registry.position(instrument.id))) |"
      )
    }
    for asset in snapshot.collateral {
      lines.append("| `holdings.\(asset.id)` | lots held | \(lot(Registry.holding(asset.id))) |")
      lines.append("| `debts.\(asset.id)` | lots owed | \(lot(Registry.debt(asset.id))) |")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

/// A circuit to start from: the sum of absolute notionals, bound.
enum CircuitTemplate {
  static let text = """
    # What the rule proves, in one sentence: the sum of absolute notionals is at most a number of times the cash.
    #
    # What it does not prove: anything about hedges, options or prices that move.
    #
    # Everything after `#` is a comment. `solvency circuit fields` lists what a circuit may read of a snapshot;
    # the cookbook (Documentation/Cookbook.md) has rules for loans, tiers, concentration and more.

    circuit my_rule version 1 language 2
    parameters snapshot

    # A number that the user of the circuit may choose: `--circuit my-rule.circuit@times=5`. It is in the digest.
    parameter times in 1 ... 100 := 10

    # Coordinates of the account that the rule is about, each in a range that is proved. Coordinates that no line names
    # are proved to be 0; `ignore` lets them be anything.
    committed cash in 0 ... 2^62 - 1
    committed position[i in instruments] in -1_000_000 ... 1_000_000
    ignore holding[a in collateral], debt[a in collateral]

    # A value that the prover computes. Its rule after `:=` is NOT proved. `bound` adds the rows that hold it from below,
    # size[i] >= position[i] and size[i] >= -position[i]; without them a whale could claim the size 0. It may still be
    # larger than its rule says, so use it where more of it hurts.
    bound size[i in instruments] in 0 ... 1_000_000 := abs(position[i])

    let gross = sum(i in instruments : i.markCeil * size[i])

    # Integers only: multiply instead of dividing.
    require "gross exposure" : gross <= times * cash

    """
}

/// What a directory of market data holds.
enum MarketTemplate {
  static let page = """
    # A directory of market data

    Made-up data of sixty days, to be replaced by yours, file by file. `market.json` names every file; each file is a table with a
    header, CSV, JSON or either of them compressed, of any usual spelling of the columns.

    | member of `market.json` | meaning |
    |---|---|
    | `underlyings[].id` | what prices are of |
    | `underlyings[].bars` | open, high, low, close, volume by the hour or finer |
    | `underlyings[].funding`, `openInterest` | funding payments and open interest by time |
    | `underlyings[].books` | order books: `venue`, `file`, `weightPpm` (how far the venue is trusted), `unit` |
    | `underlyings[].options` | an option chain |
    | `underlyings[].prices` | prices of several sources, of which the median counts |
    | `instruments` | what is traded: kind, underlying, lot, limits |
    | `collateral` | what is held and owed |

    `solvency market check` reports rows, gaps, ages and units of every file; `solvency market import` writes such a directory
    from files of exchanges and vendors; `solvency snapshot config` documents every parameter of the engine.

    """
}

/// A desk from nothing, step by step.
enum DeskTemplate {
  static let script = #"""
    #!/bin/sh
    # A desk from nothing: keys, a ledger, a published snapshot, an account, a request, a decision, an audit.
    #
    #   sh desk.sh                      # in a folder of its own, with the command `solvency` on the path
    #
    # Replace the snapshot by your venue's, the passphrase by none (then the command asks), and keep each key with the party
    # whose it is: venue, custodian and matching engine are three parties here played by one.
    set -eu
    export SOLVENCY_PASSPHRASE="${SOLVENCY_PASSPHRASE:-replace this passphrase}"
    name="Example Exchange"

    # 1. Each party makes its key; the .pub files are public.
    solvency keygen --role venue -o venue.key
    solvency keygen --role custodian -o custodian.key
    solvency keygen --role engine -o engine.key

    # 2. The venue publishes a snapshot: from market data with `snapshot build`, or as here from a template.
    solvency new snapshot -o snapshot.json
    solvency snapshot sign snapshot.json --venue-name "$name" --key venue.key -o snapshot.sig.json

    # 3. The venue makes its ledger: who signs what, and under which rules it decides. The first publication founds it.
    solvency ledger init --ledger desk --venue-name "$name" --venue venue.key.pub \
      --custodian custodian.key.pub --engine engine.key.pub --circuit portfolio-margin
    solvency ledger publish snapshot.json --signature snapshot.sig.json --ledger desk --key venue.key
    identity=$(solvency ledger status --ledger desk --json | sed -n 's/.*"identity": "\([0-9a-f]*\)".*/\1/p' | head -n 1)

    # 4. A trader commits to a book; the custodian says whose it is, to this ledger and no other.
    solvency new book --snapshot snapshot.json -o book.json
    solvency commit --book book.json --snapshot snapshot.json -o account
    solvency attest --account account/account.json --pledged-to "$name" --ledger-identity "$identity" \
      --key custodian.key -o attestation.json
    solvency ledger open attestation.json --ledger desk --key venue.key

    # 5. The trader asks with a proof; the desk decides, and anybody can replay what it decided.
    solvency request --circuit portfolio-margin --snapshot snapshot.json --opening account/account.opening \
      --venue-name "$name" --ledger-identity "$identity" -o request.json
    solvency admit request.json --ledger desk --key venue.key
    solvency ledger export --ledger desk -o day.log
    solvency audit replay day.log --venue venue.key.pub
    """# + "\n"
}
