package import Admission
package import CanonicalBytes
internal import Solvency

extension Verdict {
  /// The verdict in one line.
  package var text: String {
    switch self {
    case .admitted(let receipt): "admitted\(receipt.text)"
    case .reduceOnly(let receipt): "reduce-only\(receipt.text)"
    case .refused(let reasons): "refused: \(reasons.map(\.code).joined(separator: ", "))"
    }
  }

  /// The verdict as data.
  package var members: [JSONMember] {
    switch self {
    case .admitted(let receipt): [JSONMember("verdict", "admitted")] + receipt.members
    case .reduceOnly(let receipt): [JSONMember("verdict", "reduce-only")] + receipt.members
    case .refused(let reasons):
      [
        JSONMember("verdict", "refused"),
        JSONMember("reasons", .array(reasons.map { .string($0.code) })),
      ]
    }
  }
}

extension Receipt {
  fileprivate var text: String {
    let room = headroom.map { ", to \($0.side) up to \($0.lots) lots" } ?? ""
    return " until \(until.text)\(room); entry \(entry)"
  }

  fileprivate var members: [JSONMember] {
    [
      JSONMember("sequence", .integer(sequence)), JSONMember("epoch", .integer(epoch)),
      JSONMember("decided", .integer(decided.seconds)),
      JSONMember("until", .integer(until.seconds)),
      JSONMember("headroom", headroom.map(\.json) ?? .null), JSONMember("entry", .integer(entry)),
      JSONMember("signedHead", head.json),
    ]
  }
}
