/// What the world of good files is made of, in the order in which it is made, and the verbs that read it.
enum WorldFiles {
  private static let moment = "1770328800"
  /// When the account that proved nothing may be closed.
  private static let late = "1770338800"

  static let copies = [
    "Examples/snapshot.json": "snapshot.json", "Examples/book.json": "book.json",
    "Examples/book-insolvent.json": "book-insolvent.json",
    "Examples/range-values.json": "range-values.json", "Examples/market": "market",
    "circuits/cross-margin.circuit": "rule.circuit", "vectors/circuit-proof/kat2_a2_s1.json": "vector.json",
  ]

  private static let cash = """
    parameters snapshot
    committed cash
    advice plus  in 0 ... 2^40 := max( cash, 0)
    advice minus in 0 ... 2^40 := max(-cash, 0)
    link cash == plus - minus

    """

  /// Files that no verb makes.
  static let texts = [
    "passphrase": "\(World.passphrase)\n",
    "fill.json": #"{"version": 1, "account": "alice", "sequence": 0, "deltas": {"cash": "1000000"}}"#,
    "maker-book.json":
      #"{"version": 1, "account": "maker", "holdings": {"USDC": 900000000}, "cash": "9000000000000"}"#,
    "roll-rule.circuit": "circuit rule version 1\n\(cash)require \"margin\" : plus - 3 * minus >= 0\n",
    "roll-bounded.circuit": "circuit bounded version 1\n\(cash)require \"cash\" : plus - minus >= 0\n",
    "roll-totals.circuit": "circuit totals version 1\n\(cash)require \"cash\" : plus - minus >= 0\n",
    "balances.csv": "account,cash\nanna,500\nbob,-30\ncarol,101\ndora,40\n",
    "terms.json": """
    {"version": 1, "auction": {"curve": "stairstep", "cutPpm": 10000, "stepSeconds": 90, "bufferPpm": 1000000,
     "tailSeconds": 7200, "cuspPpm": 0, "dust": 0}}
    """,
    "auction-bids.json": """
    {"version": 1, "bids": [{"bidder": "a", "number": 1, "limit": 1085258491, "lots": 60, "placed": 0},
     {"bidder": "b", "number": 1, "limit": 1188000000, "lots": 30, "placed": 0}]}
    """,
    "bids.json": #"{"version": 1, "fund": 1000000000000000, "backstop": 1000000000000000, "bids": []}"#,
    "loss.json": """
    {"version": 1, "loss": 100, "penaltyPot": 10, "layers": [50], "backstop": 20,
     "gains": [{"account": "a", "gain": 30}, {"account": "b", "gain": 10}]}
    """,
    "winners.json": """
    {"version": 1, "lots": 50, "deficit": 10, "winners": [
     {"account": "quiet", "lots": 20, "gain": 100, "rank": null}, {"account": "small", "lots": 40, "gain": 100, "rank": 5}]}
    """,
    "short.json": """
    {"version": 1, "id": "short", "title": "a fifth in half an hour", "steps": 4, "stepSeconds": 600,
     "paths": {"*": [[0, 1], [1800, 0.8]]}, "noise": 0.01}
    """,
    "lab.json": #"{"version": 1, "fundShare": 0, "backstopShare": 0, "liquidatorCapacity": 0}"#,
    "entries.txt": "first\nsecond\nthird\n", "second.txt": "second",
    "house.json": #"{"version": 1, "positions": {}}"#,
    "positions.json": #"[{"symbol": "BTCUSDT", "positionAmt": "-0.250", "entryPrice": "1"}]"#,
    "tiers.json": """
    {"BTC/USDT:USDT": [{"minNotional": 0, "maxNotional": null, "maintenanceMarginRate": 0.004, "maxLeverage": 125}]}
    """,
    "bars.json": "[\((0..<400).map(bar).joined(separator: ","))]",
    "depth.csv":
      (["time,depthHour,depthDay,spread,volatility,funding,interest,hour,drought"] + (0..<400).map(depth))
      .joined(separator: "\n"),
  ]

  private static func depth(_ hour: Int) -> String {
    let drought = hour % 8 == 0 ? 1 : 0
    return
      "\(1_770_969_600 + 3_600 * hour),0.\(hour % 7),0.\(hour % 9),0.\(hour % 5),0.1,0.1,0.1,0,\(drought)"
  }

  private static func bar(_ hour: Int) -> String {
    let (time, open) = (1_770_969_600_000 + 3_600_000 * hour, 100_000 + 10 * (hour % 7))
    return
      #"[\#(time),"\#(open)","\#(open + 50)","\#(open - 50)","\#(open + 10)","2",\#(time + 3_599_999),"200000",5,"1","1","0"]"#
  }

  private static let rollDocuments = """
    --snapshot snapshot.json --circuit roll-rule.circuit --bounded-circuit roll-bounded.circuit \
    --totals-circuit roll-totals.circuit --reserve reserve.json --custodian custodian.key.pub
    """

  private static let keys = [
    ("venue", "venue.key"), ("custodian", "custodian.key"), ("engine", "engine.key"),
    ("escrow-member", "member.key"), ("trader", "maker.key"), ("log", "log.key"), ("auditor", "auditor.key"),
    ("witness", "witness.key"),
  ].map { "keygen --role \($0) -o \($1)" }

  private static func open(_ account: String, _ ledger: String, at moment: String) -> [String] {
    [
      "attest --account \(account)/account.json --pledged-to Exchange --ledger-identity {identity} --now \(moment) --key custodian.key -o \(account).sig.json",
      "ledger open \(account).sig.json --ledger \(ledger) --key venue.key --now \(moment)",
    ]
  }

  /// Lines of the command; `copy` copies, `put` replaces, `line` puts a file on one line, `spoil` flips a bit
  /// after a text, `save` keeps what is printed, `opening` takes one out of a roll.
  static let making =
    keys + [
      "commit --book book.json --snapshot snapshot.json -o account --plain",
      "snapshot stress -o stress.json", "save config.json snapshot config --json",
      "commit --book book.json --snapshot snapshot.json -o sealed",
      "snapshot sign snapshot.json --venue-name Exchange --key venue.key -o snapshot.sig.json",
      "prove --circuit portfolio-margin --snapshot snapshot.json --opening account/account.opening --now \(moment) --audience Bank -o proof.json",
      "prove --circuit portfolio-margin --snapshot snapshot.json --opening account/account.opening --now \(moment) --guard guard.json --venue venue.key.pub --signature snapshot.sig.json -o guarded.json",
      "fill --delta cash=5 --key engine.key --report report.json -o filled --account account/account.json --snapshot snapshot.json",
      "fill --delta cash=5 --hide hidden.json -o hidden --account account/account.json --snapshot snapshot.json",
      "escrow seal --opening account/account.opening --threshold 1 --member member.key.pub -o escrow.json",
      "escrow open escrow.json --key member.key -o share.json",
      "registry grow --snapshot snapshot.json -o registry.json",
      "range prove range-values.json --opening range-opening.json -o range.json",
      "snapshot build --market market -o epoch.json",
      "verify proof.json --snapshot snapshot.json --now \(moment) --summary summary.json",
      "line account/account.json account.jsonl",
      "escrow sign escrow.json --account account/account.json --key custodian.key -o escrow.sig.json",
      "registry grow registry.json --instrument SOL-PERP -o longer.json",
      "stress run short.json -o stressed --accounts 20 --underlyings 2",
      // A ledger with an account.
      "ledger init --ledger desk --venue-name Exchange --venue venue.key.pub --custodian custodian.key.pub --engine engine.key.pub",
      "copy desk founded",
      "ledger publish snapshot.json --signature snapshot.sig.json --ledger desk --key venue.key --now \(moment)",
      "copy desk published",
    ] + open("account", "desk", at: moment) + [
      "request --circuit portfolio-margin --snapshot snapshot.json --opening account/account.opening --venue-name Exchange --ledger-identity {identity} --now \(moment) -o request.json",
      "ledger export --ledger desk -o day.log", "ledger backup --ledger desk -o copy.sqlite",
      "copy desk admitted", "copy desk spoiled", "spoil spoiled/ledger.sqlite solvency/attestations/v1",
      "admit request.json --ledger admitted --key venue.key --log-key log.key --log-name example.com --now \(moment) --receipts receipts",
      "save ledger.vkey log key log.key.pub --name example.com/{identity}",
      // One that has lost its last entry.
      "copy admitted behind", "put desk/ledger.sqlite behind/ledger.sqlite",
      // One on which an account is closed.
      "commit --book book-insolvent.json --snapshot snapshot.json -o mallory --plain",
      "commit --book maker-book.json --snapshot snapshot.json -o maker --plain", "copy desk closing",
    ] + open("mallory", "closing", at: moment) + open("maker", "closing", at: late) + [
      "liquidation rules --insurance 900000000000 --liquidator maker=maker.key.pub -o rules.json",
      "ledger rules rules.json --ledger closing --key venue.key --now \(late)",
      "liquidation fund --key custodian.key --venue-name Exchange --ledger-identity {identity} --number 0 --purse insurance/0 --amount 900000000000 -o fund.json",
      "copy closing auctioned",
      "ledger liquidate mallory --opening mallory/account.opening --ledger auctioned --key venue.key --now \(late)",
      "liquidation bid --key maker.key --venue-name Exchange --ledger-identity {identity} --account mallory --sequence 0 --leg position/BTC-PERP --bidder maker --lots 1 --limit 1000000000000 --now \(late) -o bid.json",
      "ledger export --ledger auctioned -o closing.log",
      // A roll, built and proved in groups.
      "roll reserve --asset cash --amount 1611 --pledged-to Exchange --now \(moment) --key custodian.key -o reserve.json",
      "roll build --balances balances.csv -o roll \(rollDocuments) --venue Exchange --log example.com/ledger --epoch 3 --step 50 --fund 1000 --padding 1 --now \(moment)",
      "copy roll proved", "roll prove proved --key log.key --aggregate 2 \(rollDocuments)",
      "roll audit proved \(rollDocuments) --log-key log.key.pub --key auditor.key -o audit.json",
      "roll receipt proved --account anna -o anna.tlog-proof",
      "opening anna roll/openings.jsonl anna.opening",
      // A log of lines.
      "log tiles --lines entries.txt -o lines", "copy lines unsigned",
      "log checkpoint lines --key log.key --origin example.com/lines",
      "save log.vkey log key log.key.pub --name example.com/lines",
      "log prove lines --index 1 -o second.tlog-proof",
    ]

  /// Every verb that reads files. `@k:name` is a file of kind k, `@f:name` a copy of a folder, `@out` and
  /// `@dir` places to write to; `=2` before it the exit code.
  static let verbs = documents + margins + ledgers + liquidations + rolls + logs

  private static let documents = [
    "snapshot check @d:snapshot.json",
    "snapshot check @d:snapshot.json --venue @d:venue.key.pub --signature @d:snapshot.sig.json",
    "snapshot sign @d:snapshot.json --venue-name Exchange --key @s:venue.key -o @out",
    "snapshot build --market @f:market -o @out",
    "snapshot build --market @f:market --config @j:config.json -o @out",
    "snapshot verify @d:epoch.json --market @f:market --record @d:epoch.json.record",
    "snapshot explain BTC-PERP --snapshot epoch.json --market @f:market",
    "snapshot diff @d:snapshot.json @d:epoch.json", "snapshot config --config @j:config.json",
    "snapshot stress --stress @j:stress.json", "margin chart --market @f:market -o @out",
    "registry show @d:registry.json", "registry grow @d:registry.json --instrument X --asset Y -o @out",
    "keygen --role venue -o @out", "inspect @d:proof.json", "inspect @d:rules.json",
    "vectors check @j:vector.json", "inspect @d:request.json", "inspect @d:account.sig.json",
    "new book --snapshot @d:snapshot.json -o @out",
    "snapshot diff epoch.json epoch.json --market @f:market", "snapshot stress --market @f:market -o @out",
    "snapshot history --market @f:market --every 86400 -o @out",
    "snapshot validate --market @f:market --every 86400 --strategies buffer -o @dir",
    "market check @f:market --config @j:config.json",
    "market import auto @r:bars.json --underlying BTC -o @dir",
    "margin import ccxt @j:tiers.json -o @out",
    "drought record --market @f:market --underlying BTC -o @out", "drought fit @r:depth.csv",
    "range prove @j:range-values.json --opening @out -o @out", "range verify @j:range.json",
    "range verify-batch @j:range.json",
  ]

  private static let margins = [
    "circuit check @c:rule.circuit --snapshot @d:snapshot.json", "circuit show @c:rule.circuit",
    "circuit compile --circuit @c:rule.circuit --snapshot @d:snapshot.json",
    "commit --book @d:book.json --snapshot @d:snapshot.json -o @dir --plain",
    "fill --account @d:account/account.json --fill @d:fill.json --snapshot @d:snapshot.json -o @dir",
    "fill --account @d:account/account.json --snapshot snapshot.json --fill @d:report.json --engine @d:engine.key.pub -o @dir",
    "fill --account account/account.json --snapshot snapshot.json --hidden @d:hidden.json -o @dir",
    "=2 explain --circuit @c:rule.circuit --snapshot @d:snapshot.json --book @d:book.json",
    "explain --circuit portfolio-margin --snapshot @d:snapshot.json --opening @d:account/account.opening",
    "prove --circuit portfolio-margin --snapshot @d:snapshot.json --opening @d:account/account.opening --now \(moment) -o @out",
    "prove --circuit portfolio-margin --snapshot snapshot.json --opening @s:sealed/account.opening --passphrase-file @t:passphrase --now \(moment) -o @out",
    "verify @l:proof.json --snapshot @d:snapshot.json --account @d:account/account.json --registry @d:registry.json --now \(moment)",
    "prove --circuit portfolio-margin --snapshot snapshot.json --opening account/account.opening --now \(moment) --guard @k:guard.json --venue @d:venue.key.pub --signature @d:snapshot.sig.json -o @out",
    "verify proof.json --snapshot snapshot.json --accounts @l:account.jsonl --at issued --summary @out",
    "verify merge @d:summary.json",
    "book import @j:positions.json --snapshot @d:snapshot.json --account a -o @out",
    "book analyse @d:book.json --snapshot @d:snapshot.json",
    "attest --account @d:account/account.json --pledged-to Exchange --ledger-identity {identity} --now \(moment) --key @s:custodian.key -o @out",
    "attest --account account/account.json --opening @d:account/account.opening --book @d:book.json --snapshot @d:snapshot.json --register @k:custodian.key.register.json --pledged-to Exchange --ledger-identity {identity} --now \(moment) --key custodian.key -o @out",
    "attest check @d:account.sig.json --custodian @d:custodian.key.pub --now \(moment)",
    "escrow seal --opening @d:account/account.opening --threshold 1 --member @d:member.key.pub -o @out",
    "escrow sign @d:escrow.json --account @d:account/account.json --key @s:custodian.key -o @out",
    "escrow check @d:escrow.json --seal @d:escrow.sig.json --custodian @d:custodian.key.pub --account @d:account/account.json",
    "escrow open @d:escrow.json --key @s:member.key",
    "escrow recover @d:escrow.json --share @d:share.json --plain -o @dir",
    "leak-report --guard @d:guard.json", "leak-report @l:proof.json --snapshot @d:snapshot.json",
    "request --circuit portfolio-margin --snapshot @d:snapshot.json --opening @d:account/account.opening --venue-name Exchange --now \(moment) -o @out",
  ]

  private static let ledgers = [
    "admit --ledger @f:desk --key @s:venue.key @l:request.json --now \(moment)",
    "ledger status --ledger @f:desk --now \(moment)", "ledger show --ledger @f:desk --now \(moment)",
    "ledger head --ledger @f:desk", "ledger export --ledger @f:desk -o @out",
    "ledger backup --ledger @f:desk -o @out", "ledger restore @r:copy.sqlite --ledger @f:desk",
    "ledger roll --ledger @f:desk --key @s:venue.key --now 1770328900",
    "ledger checkpoint --ledger @f:desk --key venue.key --now \(moment)",
    "ledger renew @d:account.sig.json --ledger @f:desk --key venue.key --now \(moment)",
    "ledger fill @d:report.json --ledger @f:desk --key venue.key --now 1770328900",
    "ledger receipt @d:request.json --ledger @f:admitted -o @out",
    "ledger tiles --ledger @f:desk --log-key @s:log.key --name example.com -o @dir",
    "audit replay @s:day.log --ledger @f:desk --attestation @d:account.sig.json",
    "audit replay day.log --venue @d:venue.key.pub --signed-head @d:desk/ledger.head --attestation account.sig.json",
    "ledger init --ledger @dir --venue-name Exchange --venue @d:venue.key.pub --custodian @d:custodian.key.pub --engine @d:engine.key.pub --circuit @c:rule.circuit",
    "ledger publish @d:snapshot.json --signature @d:snapshot.sig.json --ledger @f:founded --key venue.key --now \(moment)",
    "ledger open @d:account.sig.json --ledger @f:published --key venue.key --now \(moment)",
    "ledger grow @d:longer.json --ledger @f:desk --key venue.key --now \(moment)",
    "ledger challenge alice --ledger @f:desk --key venue.key --now \(moment)",
    "=2 ledger change --ledger @f:desk --key venue.key --now \(moment)",
    "ledger escrow @d:escrow.sig.json --ledger @f:desk --key venue.key --now \(moment)",
    "ledger undo --from 3 --ledger @f:desk --key venue.key --now \(moment)",
    "ledger repair @r:day.log --ledger @f:spoiled", "ledger repair @r:account.sig.json --ledger @f:spoiled",
    "ledger recover @r:receipts/4.tlog-proof request.json --ledger @f:behind --key venue.key --now \(moment)",
    "ledger compare @r:receipts/4.tlog-proof --ledger @f:admitted --log @s:ledger.vkey",
    "ledger status --ledger admitted --head @d:admitted/ledger.head --now \(moment)",
    "ledger solvency @f:proved --audit @d:audit.json --auditor @d:auditor.key.pub --roll-log-key @d:log.key.pub --ledger @f:desk --key venue.key --now \(moment) \(rollDocuments)",
  ]

  private static let liquidations = [
    "stress list @d:short.json", "stress report @d:stressed/result.json -o @out",
    "stress run @d:short.json -o @dir --accounts 20 --underlyings 2",
    "=2 stress compare @d:short.json --after @d:lab.json --accounts 20 --underlyings 2",
    "=2 liquidation plan @d:book-insolvent.json --snapshot @d:snapshot.json",
    "liquidation run @d:book-insolvent.json --bids @d:bids.json --snapshot @d:snapshot.json",
    "liquidation auction --lots 100 --mark 1200000000 --terms @d:terms.json --bids @d:auction-bids.json",
    "=2 liquidation waterfall @d:loss.json", "liquidation adl @d:winners.json",
    "liquidation rules --terms @d:terms.json -o @out",
    "liquidation fund --key @s:custodian.key --venue-name Exchange --number 0 --purse backstop --amount 5 -o @out",
    "liquidation bid --key @s:maker.key --venue-name Exchange --account mallory --sequence 0 --leg position/BTC-PERP --bidder maker --lots 1 --limit 1 --now \(late) -o @out",
    "liquidation replay @s:closing.log --venue @d:venue.key.pub",
    "ledger rules @d:rules.json --ledger @f:closing --key venue.key --now \(late)",
    "ledger fund @d:fund.json --ledger @f:closing --key venue.key --now \(late)",
    "ledger liquidate mallory --opening @d:mallory/account.opening --ledger @f:closing --key venue.key --now \(late)",
    "ledger liquidate mallory --bid @d:bid.json --ledger @f:auctioned --key venue.key --now \(late)",
  ]

  private static let rolls = [
    "roll reserve --asset cash --amount 1611 --pledged-to Exchange --now \(moment) --key @s:custodian.key -o @out",
    "roll build --balances @r:balances.csv -o @dir --snapshot @d:snapshot.json --circuit @c:roll-rule.circuit --bounded-circuit @c:roll-bounded.circuit --totals-circuit @c:roll-totals.circuit --reserve @d:reserve.json --custodian @d:custodian.key.pub --venue Exchange --log example.com/ledger --epoch 3 --step 50 --fund 1000 --house @d:house.json --now \(moment)",
    "roll prove @f:roll --key log.key --aggregate 2 \(rollDocuments)",
    "roll audit @f:proved \(rollDocuments) --log-key @d:log.key.pub --key @s:auditor.key -o @out",
    "roll merge @d:audit.json --auditor @d:auditor.key.pub --roll @f:proved \(rollDocuments) --log-key log.key.pub --key auditor.key -o @out",
    "roll expose @f:proved --total cash=0..2000 \(rollDocuments)",
    "roll receipt @f:proved --account anna -o @out", "roll show @f:proved",
    "roll check @s:anna.tlog-proof --opening @d:anna.opening --venue Exchange --log-key @d:log.key.pub",
  ]

  private static let logs = [
    "log key @d:log.key.pub --name example.com/lines", "log tiles --lines @r:entries.txt -o @dir",
    "log checkpoint @f:unsigned --key @s:log.key --origin example.com/lines",
    "log prove @f:lines --index 1 -o @out",
    "log verify @s:second.tlog-proof --entry @r:second.txt --log @s:log.vkey",
    "log consistency @r:second.tlog-proof @s:lines/checkpoint --log log.vkey",
    "log witness --tiles @f:lines --key @s:witness.key --name witness.example/w1 --log log.vkey --state @dir -o @out --now \(moment)",
  ]
}
