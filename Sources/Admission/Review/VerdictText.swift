public import CanonicalBytes
internal import Solvency
internal import TransparencyLog

/// Writes verdicts as JSON without a tree of each: what a server does with thousands a second.
///
/// The verdicts of one batch have the signed head and the checkpoint in common. Those are written once, and
/// copied for as long as they are the same.
public struct VerdictText: Sendable {
  private var head: (signed: SignedLogHead, text: JSONText)?
  private var checkpoint: (signed: SignedCheckpoint, text: JSONText)?
  /// A receipt before its checkpoint; kept for its memory.
  private var beginning: [UInt8] = []

  /// Nothing written yet.
  public init() {}

  /// Adds the members of ``Verdict/jsonMembers``, and as `receipt` the text of the `.tlog-proof` file where
  /// there is one.
  public mutating func append(_ verdict: Verdict, to text: inout JSONText) {
    switch verdict {
    case .admitted(let receipt):
      text.append(#""verdict":"admitted","#)
      append(receipt, to: &text)
    case .reduceOnly(let receipt):
      text.append(#""verdict":"reduce-only","#)
      append(receipt, to: &text)
    case .refused(let reasons):
      text.append(#""verdict":"refused","reasons":"#)
      text.append(value: .array(reasons.map { .string($0.code) }))
    }
  }

  private mutating func append(_ receipt: Receipt, to text: inout JSONText) {
    text.append(#""sequence":"#)
    text.append(receipt.sequence)
    text.append(#","epoch":"#)
    text.append(receipt.epoch)
    text.append(#","decided":"#)
    text.append(receipt.decided.seconds)
    text.append(#","until":"#)
    text.append(receipt.until.seconds)
    text.append(#","headroom":"#)
    text.append(value: receipt.headroom.map(\.json) ?? .null)
    text.append(#","entry":"#)
    text.append(receipt.entry)
    text.append(#","signedHead":"#)
    text.append(self.text(of: receipt.head))
    guard let proof = receipt.proof else { return }
    text.append(#","receipt":""#)
    beginning.removeAll(keepingCapacity: true)
    proof.appendBeginning(to: &beginning)
    text.append(escaping: beginning)
    text.append(self.text(of: proof.checkpoint))
    text.append("\"")
  }

  private mutating func text(of signed: SignedLogHead) -> JSONText {
    if let head, head.signed == signed { return head.text }
    var text = JSONText()
    text.append(value: signed.json)
    head = (signed, text)
    return text
  }

  private mutating func text(of signed: SignedCheckpoint) -> JSONText {
    if let checkpoint, checkpoint.signed == signed { return checkpoint.text }
    var text = JSONText()
    text.append(escaping: signed.encoded())
    checkpoint = (signed, text)
    return text
  }
}
