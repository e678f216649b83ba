/// Names of columns, compared without case, spaces, underscores and other signs: `Open time`, `open_time` and
/// `openTime` are one name.
enum ColumnName {
  /// What a member's name is called that stands around another's.
  static let outerKey = "outerkey"

  /// The letters and digits of a name, in lower case.
  static func key(_ name: some StringProtocol) -> String {
    String(String.UnicodeScalarView(name.lowercased().unicodeScalars.filter(\.properties.isAlphanumeric)))
  }
}

extension Unicode.Scalar.Properties {
  fileprivate var isAlphanumeric: Bool { isAlphabetic || numericType == .decimal }
}

/// One part of a row, and the names that sources give its column.
struct ColumnPart: Sendable {
  /// What messages call it.
  let title: String
  /// The names as ``ColumnName/key(_:)`` makes them, the one to prefer first.
  let names: [String]

  init(_ title: String, _ names: String...) {
    (self.title, self.names) = (title, names)
  }
}

extension ColumnPart {
  /// When a row was, or began.
  static let time = ColumnPart(
    "time", "ts", "opentime", "calctime", "createtime", "fundingtime", "fundingratetimestamp", "effectiveat",
    "timepoint", "settletime", "eventtime", "unix", "unixtimestamp", "unixtime", "timestamp", "timems",
    "timestampms",
    "tsms", "time",
    "start", "starttime", "startedat", "opentimestamp", "starttimestamp", "creationtimestamp", "ticks", "t",
    "datetime", "date", "dates", "mts", "timeperiodstart", "periodstart", "gmttime", "utctime", "candletime",
    "begintime", "localtimestamp", "servertime", "e")
  static let open = ColumnPart("open", "open", "openprice", "priceopen", "o")
  static let high = ColumnPart("high", "high", "highprice", "pricehigh", "h")
  static let low = ColumnPart("low", "low", "lowprice", "pricelow", "l")
  static let close = ColumnPart("close", "close", "closeprice", "priceclose", "c")
  /// An amount in units of the base asset.
  static let baseVolume = ColumnPart(
    "volume", "volumebase", "basevolume", "homenotional", "basetokenvolume", "basevol", "volumefrom",
    "volumetraded", "volume", "vol", "v")
  /// An amount in the quote currency.
  static let quoteVolume = ColumnPart(
    "quote volume", "volumequote", "quotevolume", "quoteassetvolume", "quotevol", "foreignnotional",
    "usdvolume",
    "volumeto", "turnover", "cost", "volccyquote", "sum", "q")
  static let symbol = ColumnPart(
    "symbol", "symbol", "instid", "instrumentname", "instrumentid", "instrument", "productid", "ticker",
    "coin",
    "pair", "market", "contract", "key")
  static let source = ColumnPart("source", "source", "exchange", "venue", "provider", "oracle", "publisher")
  static let side = ColumnPart("side", "side", "type", "direction")
  static let price = ColumnPart("price", "price", "px", "p", "rate", "limitprice")
  static let size = ColumnPart(
    "size", "size", "amount", "qty", "quantity", "sz", "q", "volume", "vol", "origqty")
  static let confidence = ColumnPart("confidence", "confidence", "conf")
  static let fundingRate = ColumnPart(
    "funding rate", "realizedrate", "lastfundingrate", "relativefundingrate", "fundingrate", "interest1h",
    "funding",
    "rate", "r")
  static let fundingHours = ColumnPart(
    "hours of funding", "fundingintervalhours", "fundinginterval", "fundingratehours", "intervalhours",
    "interval")
  static let long = ColumnPart("long", "long", "longusd", "longopeninterest", "longvalue")
  static let short = ColumnPart("short", "short", "shortusd", "shortopeninterest", "shortvalue")
  static let notional = ColumnPart("notional_usd", "notionalusd", "notional", "liquidationusd")
  static let fund = ColumnPart("fund_usd", "fundusd", "fund")
  static let required = ColumnPart("required_usd", "requiredusd", "required")
  static let supplied = ColumnPart("supplied", "supplied", "totalsupplied", "supply")
  static let borrowed = ColumnPart("borrowed", "borrowed", "totalborrowed", "debt")
  static let backed = ColumnPart("backed_usd", "backedusd", "backed")
  static let expiry = ColumnPart("expiry", "expiry", "expiration", "expirationtimestamp", "expirydate")
  static let strike = ColumnPart("strike", "strike", "strikeprice", "strikepx")
  static let kind = ColumnPart("kind", "kind", "type", "optiontype", "right", "callput", "cp", "putcall")
  static let forward = ColumnPart(
    "forward", "forward", "underlyingprice", "forwardprice", "fwdpx", "futureprice", "exerciseprice")
  static let bid = ColumnPart("bid", "bid", "bidprice", "bestbidprice", "bid1price", "bidpx")
  static let ask = ColumnPart("ask", "ask", "askprice", "bestaskprice", "ask1price", "askpx")
  static let mark = ColumnPart("mark", "mark", "markprice", "markpx")
  static let bidVolatility = ColumnPart("bid_iv", "bidiv", "bidvol", "bid1iv", "bidimpliedvolatility")
  static let askVolatility = ColumnPart("ask_iv", "askiv", "askvol", "ask1iv", "askimpliedvolatility")
  static let markVolatility = ColumnPart("mark_iv", "markiv", "markvol", "markimpliedvolatility", "iv")
  /// Open interest in USD.
  static let openInterestValue = ColumnPart(
    "open interest in USD", "sumopeninterestvalue", "openinterestvalue", "openinterestusd", "oiusd")
  /// Open interest in a unit that the listing states.
  static let openInterestAmount = ColumnPart(
    "open interest", "sumopeninterest", "openinterest", "openinterestamount", "oi", "oiccy")
  static let openInterest = ColumnPart("open_interest", "openinterest", "oiccy", "oi")

  static let initialMargin = ColumnPart(
    "initial margin", "initial", "initialmargin", "initialmarginrequirement")
  static let maintenanceMargin = ColumnPart(
    "maintenance margin", "maintenance", "maintenancemargin", "maintenancemarginrequirement", "outrightmargin"
  )

  /// Parts whose names may have a unit behind.
  static let withUnits = [time, open, high, low, close, price]
  /// What a name of a time may have behind.
  static let timeUnits = ["ms", "us", "ns", "s", "utc", "gmt", "msutc", "millis", "seconds", "milliseconds"]

  /// Names that tell a header from a title; see ``Table``.
  static let known: Set<String> = Set(
    [
      time, open, high, low, close, baseVolume, quoteVolume, symbol, source, side, price, size, confidence,
      fundingRate, fundingHours, long, short, notional, fund, required, supplied, borrowed, backed, expiry,
      strike,
      kind, forward, bid, ask, mark, bidVolatility, askVolatility, markVolatility, openInterest,
      openInterestValue, initialMargin, maintenanceMargin,
    ].flatMap(\.names))
}
