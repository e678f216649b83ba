internal import CanonicalBytes

/// A snapshot to start from: one perpetual, two assets, three scenarios.
enum SnapshotTemplate {
  static func json(validFrom: Timestamp) -> String {
    """
    {
      "version": 1,
      "epoch": 1,
      "asOf": "\(validFrom.text)",
      "validFrom": "\(validFrom.text)",
      "validTo": "\(validFrom.advanced(by: 86_400).text)",
      "note": "A template: replace the numbers by your venue's. The page beside it explains each member.",
      "tiers": {"maintenance": 1000000, "initial": 1000000, "closeOnly": 1100000, "healthy": 1500000},
      "bufferPpm": 1100000,
      "groups": [
        {
          "id": "BTC",
          "scenarios": [
            {"weight": 1, "price": -0.2, "vol": 0},
            {"weight": 1, "price": 0, "vol": 0},
            {"weight": 1, "price": 0.2, "vol": 0}
          ]
        }
      ],
      "collateral": [
        {
          "id": "USDC",
          "lot": "0.01 USDC",
          "tranches": [{"capLots": null, "valIM": 9900, "valMM": 9950}],
          "debtIM": 10100,
          "debtMM": 10050,
          "maxBorrow": 100000000
        },
        {
          "id": "BTC",
          "lot": "0.001 BTC",
          "tranches": [
            {"capLots": 10000, "valIM": 54000000, "valMM": 57000000},
            {"capLots": null, "valIM": 42000000, "valMM": 48000000}
          ],
          "debtIM": 66000000,
          "debtMM": 63000000
        }
      ],
      "instruments": [
        {
          "id": "BTC-PERP",
          "lot": "0.001 BTC",
          "kind": "perpetual",
          "group": "BTC",
          "markFloor": 60000000,
          "markCeil": 60000000,
          "long": [
            {"capLots": 100000, "imPerLot": 1200000, "mmPerLot": 600000},
            {"capLots": null, "imPerLot": 3000000, "mmPerLot": 1500000}
          ],
          "short": [
            {"capLots": 100000, "imPerLot": 1200000, "mmPerLot": 600000},
            {"capLots": null, "imPerLot": 3000000, "mmPerLot": 1500000}
          ],
          "contLong": 30000,
          "contShort": 30000,
          "pnlLong": [-12000000, 0, 12000000],
          "pnlShort": [12000000, 0, -12000000],
          "maxLots": {"long": 1000000, "short": 1000000}
        }
      ]
    }

    """
  }

  static let page = """
    # The members of a risk snapshot

    Values are integers in quanta of 0.000001 USD, rates in parts per million (1000000 is 1.0), amounts in lots. A value beyond
    2^53 is written as a string of digits. Rounding is against the account: what is held down, what is owed up.

    | member | meaning |
    |---|---|
    | `version` | 1 |
    | `epoch` | number in the venue's chain of snapshots |
    | `asOf`, `validFrom`, `validTo` | RFC 3339 in UTC or seconds since 1970; it no longer applies from `validTo` on; an hour if left out |
    | `prevHash`, `inputRoot`, `beacon` | 64 hexadecimal digits each; zero if left out |
    | `note` | a remark of at most 1,024 bytes, part of the digest |
    | `tiers` | multipliers in ppm: `maintenance`, `initial` and `closeOnly` on bracket margins, `healthy` on debt |
    | `bufferPpm` | multiplier of scenario losses and contingency for initial margin |
    | `factors` | names of the factors of a value at risk; none if left out |
    | `groups[].id`, `groups[].scenarios` | market moves: `weight` of the loss, `price` as a share of the price, `vol` in shocks; losses of one group are not offset by another's gains |
    | `collateral[].id`, `lot` | an asset, and what one lot is |
    | `collateral[].tranches` | what holdings count: `capLots` lots (null: all further ones) at `valIM` and `valMM` each; later ones no more than earlier ones |
    | `collateral[].debtIM`, `debtMM` | what one lot owed takes from equity; at least what a held one brings |
    | `collateral[].maxBorrow` | the most lots that one account may owe |
    | `instruments[].id`, `lot`, `kind` | `perpetual`, `future`, `call`, `put` or `spot` |
    | `instruments[].group` | the group whose scenarios it follows |
    | `instruments[].markFloor`, `markCeil` | value of one lot held and sold |
    | `instruments[].long`, `short` | brackets: `capLots` lots at `imPerLot` and `mmPerLot` each; later ones no less; none for options |
    | `instruments[].contLong`, `contShort` | charge for each lot, beside scenario losses |
    | `instruments[].feeExit` | cost of closing one lot; informs only |
    | `instruments[].pnlLong`, `pnlShort` | gain of one lot in each scenario of the group, in order; the two add up to 0 or less |
    | `instruments[].maxLots` | the most lots of one account, `long` and `short` |
    | `instruments[].factors` | loss of one lot when each factor moves by its quantile |
    | `instruments[].flags` | `openLong`, `openShort`, `closeOnly`, `stale` |

    A circuit reads these under the names that `solvency circuit fields` lists.

    """
}
