public import CanonicalBytes
public import Solvency

extension AdmissionRequest {
  /// The largest request file that is read, in bytes.
  public static let fileByteLimit = ProofEnvelope.byteLimit + (1 << 12)
  private static let version: Int64 = 1

  /// Reads a request file or line:
  ///
  ///     {"version": 1, "salt": <64 hex digits>, "order": null, "proof": <what proof.json holds>}
  ///
  /// An order is `{"instrument": "BTC-PERP", "side": "buy", "lots": 5, "cashPerLot": "-63718971",
  /// "intent": "open"}`.
  ///
  /// - Throws: ``Solvency/FileError``, among them ``Solvency/FileError/unsupportedVersion(_:)`` before
  ///   anything else of the request is looked at.
  public init(json bytes: [UInt8]) throws(FileError) {
    if let request = RequestLine.read(bytes) {
      self = request
      return
    }
    try self.init(document: bytes)
  }

  /// The reader of all texts.
  package init(document bytes: [UInt8]) throws(FileError) {
    let root = try FileError.wrapping { () throws(DocumentError) in
      try JSONDocument.parse(bytes, maximumBytes: Self.fileByteLimit)
    }
    let members = try FileError.wrapping { () throws(DocumentError) in
      try root.object(version: Self.version, required: ["salt", "order", "proof"])
    }
    let salt = try FileError.wrapping { () throws(DocumentError) in Nonce(try members["salt"].bytes32()) }
    let order = try FileError.wrapping { () throws(DocumentError) in
      try members["order"].unlessNull.map { node throws(DocumentError) in try Order(node) }
    }
    let proof = try FileError.wrapping { () throws(DocumentError) in try members["proof"] }
    self.init(envelope: try ProofEnvelope(proof), order: order, salt: salt)
  }

  /// The JSON value of the request file.
  public var json: JSONValue {
    [
      "version": .integer(Self.version), "salt": .hex(salt.bytes),
      "order": order.map(\.json) ?? .null, "proof": envelope.json,
    ]
  }
}

extension Order {
  private enum SideWord: String, CaseIterable {
    case buy, sell
  }

  private enum IntentWord: String, CaseIterable {
    case open, reduce
  }

  fileprivate init(_ node: JSONNode) throws(DocumentError) {
    let members = try node.object(
      required: ["instrument", "side", "lots", "cashPerLot", "intent"])
    let instrument = try members["instrument"].string(maximumLength: Registry.nameByteLimit)
    let side: SideWord = try members["side"].word()
    let lots = try members["lots"].unsigned()
    let cashPerLot = try members["cashPerLot"].integer(
      in: -Fill.amountLimit...Fill.amountLimit)
    let intent: IntentWord = try members["intent"].word()
    self.init(
      instrument: instrument, side: side == .buy ? .buy : .sell, lots: lots,
      cashPerLot: cashPerLot, intent: intent == .open ? .open : .reduce)
  }

  /// The JSON value of the order.
  public var json: JSONValue {
    [
      "instrument": .string(instrument),
      "side": .string((side == .buy ? SideWord.buy : .sell).rawValue), "lots": .integer(lots),
      "cashPerLot": .integer(cashPerLot),
      "intent": .string((intent == .open ? IntentWord.open : .reduce).rawValue),
    ]
  }
}
