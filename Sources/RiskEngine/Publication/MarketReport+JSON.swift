public import CanonicalBytes
public import MarketData

extension MarketReport {
  /// The most series of a report.
  static let seriesLimit = 1 << 16

  /// The report as JSON; ``init(_:)`` gives it back.
  public var json: JSONValue {
    ["time": .integer(time), "series": .array(series.map(\.json))]
  }

  init(_ node: JSONNode) throws(DocumentError) {
    let object = try node.object(required: ["time", "series"])
    time = try object["time"].integer(in: Int64.min...Int64.max)
    series = []
    for node in try object["series"].array(maximumCount: Self.seriesLimit) {
      series.append(try SeriesReport(node))
    }
  }
}

extension SeriesReport {
  /// The report as JSON.
  public var json: JSONValue {
    [
      "series": .string(series), "file": .string(file), "rows": .integer(rows), "kept": .integer(kept),
      "first": .optional(first), "last": .optional(last), "ageSeconds": .optional(age),
      "greatestAgeSeconds": .optional(limit), "gaps": .integer(gaps), "missing": .integer(missing),
      "units": .array(
        units.map {
          ["amount": .string($0.amount), "unit": .string($0.unit), "basis": .string($0.basis.rawValue)]
        }),
      "findings": .array(findings.map(\.json)),
    ]
  }

  fileprivate init(_ node: JSONNode) throws(DocumentError) {
    let object = try node.object(required: [
      "series", "file", "rows", "kept", "first", "last", "ageSeconds", "greatestAgeSeconds", "gaps",
      "missing",
      "units", "findings",
    ])
    self.init(
      series: try object["series"].string(maximumLength: 256),
      file: try object["file"].string(maximumLength: 4_096))
    rows = Int(try object["rows"].integer(in: 0...Int64.max))
    kept = Int(try object["kept"].integer(in: 0...Int64.max))
    first = try object["first"].whole()
    last = try object["last"].whole()
    age = try object["ageSeconds"].whole()
    limit = try object["greatestAgeSeconds"].whole()
    gaps = Int(try object["gaps"].integer(in: 0...Int64.max))
    missing = try object["missing"].integer(in: 0...Int64.max)
    for node in try object["units"].array(maximumCount: 16) {
      let unit = try node.object(required: ["amount", "unit", "basis"])
      units.append(
        UnitReading(
          amount: try unit["amount"].string(maximumLength: 256),
          unit: try unit["unit"].string(maximumLength: 256),
          basis: try unit["basis"].word()))
    }
    for node in try object["findings"].array(maximumCount: 256) { findings.append(try DataFinding(node)) }
  }
}

extension DataFinding {
  /// The finding as JSON.
  public var json: JSONValue {
    var members = [
      JSONMember("level", .string(level.rawValue)), JSONMember("code", .string(code)),
      JSONMember("count", .integer(count)), JSONMember("line", .optional(line.map { Int64($0) })),
    ]
    if let file { members.append(JSONMember("file", .string(file))) }
    return .object(members + [JSONMember("text", .string(text))])
  }

  fileprivate init(_ node: JSONNode) throws(DocumentError) {
    let object = try node.object(
      required: ["level", "code", "count", "line", "text"], optional: ["file"])
    self.init(
      level: try object["level"].word(), code: try object["code"].string(maximumLength: 64),
      count: try object["count"].integer(in: 0...Int64.max),
      line: try object["line"].whole().map { Int(clamping: $0) },
      file: try object.optional("file")?.string(maximumLength: 4_096),
      text: try object["text"].string(maximumLength: 4_096))
  }
}

extension JSONValue {
  fileprivate static func optional(_ value: Int64?) -> JSONValue {
    value.map { .integer($0) } ?? .null
  }
}

extension JSONNode {
  fileprivate func whole() throws(DocumentError) -> Int64? {
    try unlessNull?.integer(in: Int64.min...Int64.max)
  }
}
