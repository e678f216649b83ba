internal import Admission
internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import ExactIntegers
internal import Liquidation
internal import MarginRules
internal import Solvency
internal import SolvencyProver

/// Whom a signed paper of a liquidation is for.
struct LedgerAudienceOptions: ParsableArguments {
  @Option(help: "The name of the venue.") var venueName: String
  @OptionGroup var identity: LedgerIdentityOption

  func audience() throws(ToolFailure) -> Audience {
    guard let audience = try? Audience(venueName, ledger: identity.digest()) else {
      throw ToolFailure(.usage, "--venue-name", "write 1 to 128 bytes of printable text")
    }
    return audience
  }
}

/// `solvency liquidation bid`
struct LiquidationBidCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "bid", abstract: "Sign a bid for a leg of a case that is auctioned.",
    discussion: """
      The key is the one that the venue's rules list for the bidder's account. Case and legs are what `ledger liquidate` \
      reports.

        solvency liquidation bid --key maker.key --venue-name "Example Exchange" \\
          --ledger-identity 1f… --account alice --sequence 4 \\
          --leg position/BTC-PERP --bidder maker-1 --lots 100 --limit 59000000 \\
          -o bid.json
      """)

  @OptionGroup var audience: LedgerAudienceOptions
  @Option(help: "The account that is closed.") var account: String
  @Option(help: "The sequence number at which its case was opened.") var sequence: UInt64
  @Option(help: "What is bid for: position/…, holding/… or debt/….") var leg: String
  @Option(help: "The bidder's account.") var bidder: String
  @Option(help: "How many lots at most.") var lots: Int64
  @Option(
    help:
      "The worst price per lot, in quanta: the highest for what is sold, the lowest for what is bought back.")
  var limit: Int64
  @Option(help: "What tells bids of a bidder apart.") var number: UInt64 = 0
  @OptionGroup var moment: MomentOption
  @OptionGroup var signing: SigningOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (1...(1 << 40)).contains(lots), (0...(1 << 52)).contains(limit) else {
      throw ValidationError("--lots is 1 to 2^40, and --limit 0 to 2^52.")
    }
  }

  func perform() throws -> Report {
    guard let account = try? AccountID(account), let bidder = try? AccountID(bidder) else {
      throw ToolFailure(.usage, "--account, --bidder", "write 1 to 128 bytes of printable text")
    }
    let signed = try signing.unlocked(as: LiquidationBid.signer).sign(
      LiquidationBid(
        venue: try audience.audience(), account: account, sequence: sequence, leg: leg,
        bid: AuctionBid(
          bidder: bidder.description, number: number, limit: limit, lots: lots,
          placed: Int64(clamping: moment.timestamp.seconds))))
    return Report(
      text: "\(bidder) bids for up to \(lots) lots of \(leg) at \(limit)\n  signed  \(signing.path)",
      data: ["file": .string(signing.path), "bid": signed.json])
  }
}

/// `solvency liquidation fund`
struct LiquidationFundCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "fund", abstract: "Sign, as a custodian, that money for losses was put aside or taken back.",
    discussion: """
      Purses: penalty-pot, insurance/0 and so on, backstop, venue. An amount below zero is taken back.

        solvency liquidation fund --key custodian.key \\
          --venue-name "Example Exchange" --ledger-identity 1f… --number 0 \\
          --purse insurance/0 --amount 5000000000 -o fund.sig.json
      """)

  @OptionGroup var audience: LedgerAudienceOptions
  @Option(help: "Which movement of this ledger it is, from 0.") var number: UInt64
  @Option(help: "Whose money it is.") var purse: String
  @Option(help: "In quanta.") var amount: Int64
  @OptionGroup var signing: SigningOptions
  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    guard let purse = FundPurse(purse) else {
      throw ToolFailure(.usage, "--purse", "is penalty-pot, insurance/0 … insurance/31, backstop or venue")
    }
    guard amount != 0, amount.magnitude <= FundMovement.amountLimit.magnitude else {
      throw ToolFailure(.usage, "--amount", "is between -2^60 and 2^60, and not 0")
    }
    let signed = try signing.unlocked(as: FundMovement.signer).sign(
      FundMovement(venue: try audience.audience(), number: number, purse: purse, amount: amount))
    return Report(
      text: "movement \(number): \(amount) quanta to \(purse.name)\n  signed  \(signing.path)",
      data: ["file": .string(signing.path), "movement": signed.json])
  }
}

/// `solvency liquidation band`
struct LiquidationBandCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "band",
    abstract: "Prove the band of your rank to a call of winners, and nothing else of your book.",
    discussion: """
      The call is the file that `ledger liquidate --call` writes. The proof says that your rank, profit times leverage, is \
      at most an edge of the venue's rules, and how many lots you hold on the winning side to a factor of two. Anyone who \
      proves nothing until the deadline is closed against first, and may have its book opened.

        solvency liquidation band --call call.json --snapshot snapshot.json \\
          --opening account/account.opening -o answer.json
      """)

  @Option(help: "The call.", completion: .file(extensions: ["json"])) var call: String
  @OptionGroup var snapshot: SnapshotOption
  @Option(help: "The opening of the account.", completion: .file(extensions: ["opening"])) var opening: String
  @Option(
    name: [.customShort("o"), .customLong("output")], help: "Where the answer is written.",
    completion: .file(extensions: ["json"]))
  var answer: String
  @Flag(help: "Replace a file that is there.") var force = false
  @OptionGroup var moment: MomentOption
  @OptionGroup var passphrase: PassphraseOptions
  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let call = try Documents.read(self.call, DeleveragingCallFile.byteLimit, as: .deleveragingCall) {
      try DeleveragingCallFile(decoding: $0)
    }
    let (snapshot, registry) = try self.snapshot.load()
    guard snapshot.digest == call.snapshot, snapshot.instruments.indices.contains(call.place),
      snapshot.instruments[call.place].id == call.instrument
    else {
      throw ToolFailure(.refused, self.call, "is of another snapshot than \(self.snapshot.path)")
    }
    try OutputFile.checkFree(answer, replacing: force)
    let secret = try self.snapshot.opening(opening, passphrase, under: registry)
    let now = moment.timestamp
    let made = try ToolFailure.wrapping(opening) {
      try secret.answer(call, under: snapshot, registry: registry, at: now)
    }
    guard let made else {
      throw ToolFailure(
        .refused, opening,
        "the rank is beyond the last edge, or the account has no equity: there is no band to prove")
    }
    try OutputFile.write(
      made.encoded() + [UInt8(ascii: "\n")], to: answer, access: .everybody, replacing: force)
    return Report(
      text: """
        \(secret.account) proves to the call for \(call.liquidated): rank at most \
        \(call.edges[Int(made.band.rank)]) ppm, at most \(made.band.lots) lots may be closed
          answer  \(answer), until \(call.deadline.text)
        """,
      data: [
        "file": .string(answer), "rank": .integer(made.band.rank), "size": .integer(made.band.size),
        "lots": .integer(made.band.lots),
      ])
  }
}
