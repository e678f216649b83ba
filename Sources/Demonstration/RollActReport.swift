package import CanonicalBytes
internal import CommandSupport
internal import Solvency
internal import VenueSolvency

/// The third act as text and as data.
package struct RollActReport {
  private let act: RollAct

  package init(_ act: RollAct) { self.act = act }

  package var text: String {
    let audit = act.verdict.audit
    func rate(_ time: Duration) -> String {
      (Double(act.accountCount) / max(time.milliseconds / 1_000, 1e-9)).formatted(decimals: 0)
    }
    var lines = [
      "\(RollAct.venueName) lists all \(act.accountCount) accounts on a roll and proves each under cross-margin; solvent",
      "accounts share proofs, 64 each (a custodian's kind of proof: anyone who makes it knows the books).",
      "",
    ]
    var table = TextTable(["what", ">accounts/s", ""])
    table.add(["committed", rate(act.commitTime), ""])
    table.add([
      "proved", rate(act.proveTime),
      "\(act.evidenceBytes / max(1, act.accountCount)) bytes of evidence an account",
    ])
    table.add([
      "audited", rate(act.auditTime),
      "in four parts, merged in two orders to \(act.isIndependentOfSplit ? "the same bytes" : "OTHER BYTES")",
    ])
    lines += table.lines + [""]
    lines.append(
      "\(act.origin): \(audit.count(of: .solvent)) solvent, \(audit.count(of: .bounded)) with a bounded shortfall of "
        + "\(audit.shortfall) quanta in sum")
    for (asset, amount) in act.reserves.sorted(by: { $0.key < $1.key }) {
      lines.append(
        "  reserve  \(amount) of \(asset): covers what all accounts are owed, shown without showing that")
    }
    for (name, range) in act.totals.sorted(by: { $0.key < $1.key }) {
      lines.append(
        range.lowerBound == range.upperBound
          ? "  total    \(name) is \(range.lowerBound): \(act.isExposureShown ? "proved" : "NOT PROVED")"
          : "  total    \(name) is from \(range.lowerBound) to \(range.upperBound): \(act.isExposureShown ? "proved" : "NOT PROVED")"
      )
    }
    lines += act.verdict.problems.map { "  PROBLEM  \($0.text)" }
    lines += ["", "Frauds:"]
    for fraud in act.frauds { lines.append("  \(fraud.name): \(fraud.finding ?? "NOT FOUND")") }
    lines += [
      "", "A trader checks: \(act.check.text)",
      "With another trader's receipt: \(act.otherCheck.text)",
      "If 1 trader in 100 checks, 100 accounts left out are noticed with a chance of "
        + "\((100 * SamplingBound.detection(share: RollAct.checkers, hidden: 100)).formatted(decimals: 0))%.",
      "",
      act.isAsItShouldBe
        ? "The roll shows the venue to be solvent, and every fraud is found."
        : "NOT as it should be: see above.",
    ]
    return lines.joined(separator: "\n")
  }

  package var json: JSONValue {
    let audit = act.verdict.audit
    return [
      "isAsItShouldBe": .bool(act.isAsItShouldBe), "accounts": .integer(act.accountCount),
      "solvent": .integer(audit.count(of: .solvent)), "bounded": .integer(audit.count(of: .bounded)),
      "shortfall": .string(String(audit.shortfall)), "isSolvent": .bool(act.verdict.isSolvent),
      "isIndependentOfSplit": .bool(act.isIndependentOfSplit), "areTotalsShown": .bool(act.isExposureShown),
      "commitMilliseconds": .string(act.commitTime.milliseconds.formatted(decimals: 1)),
      "proveMilliseconds": .string(act.proveTime.milliseconds.formatted(decimals: 1)),
      "auditMilliseconds": .string(act.auditTime.milliseconds.formatted(decimals: 1)),
      "evidenceBytes": .integer(act.evidenceBytes),
      "frauds": .array(
        act.frauds.map { ["name": .string($0.name), "finding": $0.finding.map { .string($0) } ?? .null] }),
      "check": .string(act.check.text),
    ]
  }
}
