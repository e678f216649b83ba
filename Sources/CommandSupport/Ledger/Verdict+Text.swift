package import Admission
internal import CanonicalBytes
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
}

extension Receipt {
  fileprivate var text: String {
    let room = headroom.map { ", to \($0.side) up to \($0.lots) lots" } ?? ""
    return " until \(until.text)\(room); entry \(entry)"
  }
}
