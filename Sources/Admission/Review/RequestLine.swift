internal import CanonicalBytes
internal import Solvency

/// Reads lines as ``AdmissionRequest/json`` is written compactly, without a tree of JSON: what a desk gets
/// thousands of a second.
///
/// Of any other form, such as a proof that a position is reduced, it says nothing, and the reader of all
/// texts decides: where both read a line, they read the same.
package enum RequestLine {
  private static let saltKey = Array("{\"version\":1,\"salt\":\"".utf8)
  private static let orderKey = Array("\",\"order\":".utf8)
  private static let proofKey = Array(",\"proof\":".utf8)
  private static let end = Array("}".utf8)

  private static let none = Array("null".utf8)
  private static let instrumentKey = Array("{\"instrument\":\"".utf8)
  private static let sideKey = Array("\",\"side\":\"".utf8)
  private static let lotsKey = Array("\",\"lots\":".utf8)
  private static let cashKey = Array(",\"cashPerLot\":".utf8)
  private static let openingKey = Array(",\"intent\":\"open\"}".utf8)
  private static let (buy, sell) = (Array("buy".utf8), Array("sell".utf8))

  /// The request; nil for a line of any other form.
  package static func read(_ bytes: [UInt8]) -> AdmissionRequest? {
    guard bytes.count <= AdmissionRequest.fileByteLimit else { return nil }
    var line = JSONLineCursor(bytes)
    guard line.skip(saltKey), let salt = line.bytes32(), line.skip(orderKey) else { return nil }
    var asked: Order?
    if !line.skip(none) {
      guard let order = order(&line) else { return nil }
      asked = order
    }
    guard line.skip(proofKey), let envelope = EnvelopeLine.value(&line), line.skip(end), line.isAtEnd else {
      return nil
    }
    return AdmissionRequest(envelope: envelope, order: asked, salt: Nonce(salt))
  }

  /// An order that opens.
  private static func order(_ line: inout JSONLineCursor) -> Order? {
    guard line.skip(instrumentKey), let instrument = line.text(), instrument.count <= Registry.nameByteLimit,
      line.skip(sideKey)
    else { return nil }
    let isPurchase = line.skip(buy)
    guard isPurchase || line.skip(sell), line.skip(lotsKey), let lots = line.number(), line.skip(cashKey),
      let cash = line.signedNumber(), (-Fill.amountLimit...Fill.amountLimit).contains(cash),
      line.skip(openingKey)
    else { return nil }
    return Order(
      instrument: String(decoding: instrument, as: UTF8.self), side: isPurchase ? .buy : .sell, lots: lots,
      cashPerLot: cash, intent: .open)
  }
}
