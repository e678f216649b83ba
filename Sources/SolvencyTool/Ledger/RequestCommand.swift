internal import Admission
internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import MarginRules
internal import Solvency
internal import SolvencyProver

/// `solvency request`
struct RequestCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "request",
    abstract: "Ask a venue for admission: prove the account's standing, or that it may trade an order.",
    discussion: """
      Without an order the proof is of the book as it is. With one it is of the book after the whole order at \
      its worst price, and admits every part of it. Neither tells anything else of the book.

        solvency request --circuit portfolio-margin \\
          --snapshot Examples/snapshot.json \\
          --opening account/account.opening --venue-name "Example Exchange" \\
          -o request.json
        solvency request --circuit portfolio-margin \\
          --snapshot Examples/snapshot.json \\
          --opening account/account.opening --venue-name "Example Exchange" \\
          --buy BTC-PERP --lots 5 --cash-per-lot=-64000000 -o order.json
      """)

  @OptionGroup var rule: RuleOptions

  @Option(help: "The opening of the account.", completion: .file(extensions: ["opening"]))
  var opening: String

  @Option(help: "The name of the venue that is asked; nobody else will accept the proof.")
  var venueName: String

  @OptionGroup var identity: LedgerIdentityOption

  @Option(help: ArgumentHelp("Buy lots of this instrument.", valueName: "instrument"))
  var buy: String?

  @Option(help: ArgumentHelp("Sell lots of this instrument.", valueName: "instrument"))
  var sell: String?

  @Option(help: "How many lots at most.")
  var lots: UInt64?

  @Option(
    help: ArgumentHelp(
      "What one lot adds to cash at worst, fees included, in quanta: negative where lots are paid for.",
      valueName: "quanta"))
  var cashPerLot: Int64 = 0

  @Flag(
    help:
      "The order only reduces the position, and the proof shows it; maintenance margin will do, proved or not before."
  )
  var reduce = false

  @Option(
    help: ArgumentHelp(
      "The venue's challenge: 64 hexadecimal digits. Random if it asked nothing.", valueName: "hex"))
  var challenge: HexNonce?

  @Option(help: ArgumentHelp("For how long the proof may be used.", valueName: "seconds"))
  var validFor: UInt64 = 600

  @OptionGroup var moment: MomentOption

  @Option(
    name: [.customShort("o"), .customLong("output")], help: "Where the request is written.",
    completion: .file(extensions: ["json"]))
  var request: String

  @Flag(help: "Replace a file that is there.")
  var force = false

  @OptionGroup var endorsement: EndorsementOptions
  @OptionGroup var guarding: GuardOptions
  @OptionGroup var passphrase: PassphraseOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard buy == nil || sell == nil else { throw ValidationError("Give --buy or --sell, not both.") }
    guard (buy ?? sell) == nil || lots != nil else { throw ValidationError("--buy and --sell need --lots.") }
    guard (buy ?? sell) != nil || (lots == nil && !reduce) else {
      throw ValidationError("--lots and --reduce need --buy or --sell.")
    }
    guard guarding.path == nil || endorsement.venue != nil else {
      throw ValidationError("--guard needs --venue and --signature: it answers signed snapshots only.")
    }
  }

  private var order: Order? {
    guard let instrument = buy ?? sell, let lots else { return nil }
    return Order(
      instrument: instrument, side: buy == nil ? .sell : .buy, lots: lots, cashPerLot: cashPerLot,
      intent: reduce ? .reduce : .open)
  }

  func perform() throws -> Report {
    let plain = try rule.load()
    var rule = plain
    if let reduction = order?.reduction {
      rule = try ToolFailure.wrapping("--reduce") { try plain.reducing(reduction) }
    }
    let venue = try endorsement.endorsement(of: rule.snapshot)
    guard let audience = try? Audience(venueName, ledger: identity.digest()) else {
      throw ToolFailure(.usage, "--venue-name", "write 1 to 128 bytes of printable text")
    }
    try OutputFile.checkFree(request, replacing: force)
    let now = moment.timestamp
    let salt = challenge?.nonce ?? .random()
    let purpose = ProofRequest(
      audience: audience, nonce: AdmissionRequest.nonce(for: order, salt: salt), issued: now,
      expires: now.advanced(by: validFor))
    let present = try presentOpening(under: rule.registry)
    let secret = try opening(after: order, from: present, in: rule.registry)
    _ = try guarding.admit(
      rule, of: secret.account, sequence: secret.sequence, order: order.map(Self.digest), at: now,
      isSigned: venue != nil)
    let envelope = try ToolFailure.wrapping(opening) {
      try secret.prove(rule, for: purpose, at: now)
    }
    let finished = AdmissionRequest(envelope: envelope, order: order, salt: salt)
    try OutputFile.write(
      finished.json.encoded() + [UInt8(ascii: "\n")], to: request, access: .everybody,
      replacing: force)
    let what = order.map { "\($0.side) up to \($0.lots) lots of \($0.instrument)" } ?? "its standing"
    return Report(
      text: """
        \(finished.account) asks \(audience) for \(what) (\(envelope.context.kind.rawValue) margin)
          request  \(request), until \(envelope.context.expires.text)
        """,
      data: ["file": .string(request), "request": finished.json])
  }

  /// What a guard tells orders apart by.
  private static func digest(of order: Order) -> Digest {
    let terms = [
      order.instrument, "\(order.side)", "\(order.lots)", "\(order.cashPerLot)", "\(order.intent)",
    ]
    return .sha256(of: Array(("solvency/guard-order/v1\n" + terms.joined(separator: "\n")).utf8))
  }

  private func presentOpening(under registry: Registry) throws(ToolFailure) -> AccountOpening {
    try rule.snapshot.opening(opening, passphrase, under: registry)
  }

  /// The opening that the proof is about.
  private func opening(
    after order: Order?, from present: borrowing AccountOpening, in registry: Registry
  ) throws(ToolFailure) -> AccountOpening {
    guard let order else { return try presentOpening(under: registry) }
    guard let deltas = order.deltas else {
      throw ToolFailure(
        .usage, "--lots", "an order is for 1 to \(Order.lotLimit) lots, and its cash below 2^62")
    }
    do {
      let fill = try Fill(account: present.account, sequence: present.sequence, deltas: deltas)
      return try present.applying(fill, in: registry)
    } catch {
      return try ToolFailure.wrapping(opening) { throw error }
    }
  }
}
