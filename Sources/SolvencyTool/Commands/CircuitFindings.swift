internal import CanonicalBytes
internal import CircuitLanguage
internal import CommandSupport
internal import ExactIntegers
internal import Solvency

/// What `circuit check` found, as text and as data.
struct CircuitFindings {
  let circuit: Circuit
  let file: String
  /// The snapshot it was checked under.
  let place: String
  let rule: MarginRule
  let search: DifferenceReport
  /// What the snapshot has and is rarely meant.
  var notes: [String] = []
  /// Whether warnings that an author repairs are a no.
  var isStrict = false

  var report: Report {
    let warnings = rule.compiled.warnings
    var lines = [
      title(warnings), "  name      \(circuit.name) version \(circuit.version)",
      "  digest    \(circuit.digest)",
      "  snapshot  \(place)",
    ]
    lines += notes.map { "  noted     \($0)" }
    lines += circuit.parameters.map { "  parameter \($0.name) = \($0.value), of \($0.lower) ... \($0.upper)" }
    lines += Self.first(advice(), "advice    ", "families")
    lines += Self.first(warnings.map { "  warning   \($0)" }, "warning   ", "warnings")
    if let difference = search.difference {
      lines += self.difference(difference)
    } else {
      if let fault = search.rangeFault { lines += self.rangeFault(fault) }
      lines.append("  search    " + (notSearched ?? searched))
    }
    let refused =
      isStrict
      && (notSearched != nil || warnings.contains { CircuitStandard.authoring.refused.contains($0.kind) })
    return Report(
      text: lines.joined(separator: "\n"), data: data(warnings),
      isPositive: search.difference == nil && !refused)
  }

  private func title(_ warnings: [CircuitWarning]) -> String {
    if search.difference != nil { return "\(file): a book that fails the rule can be proved" }
    let kept = warnings.isEmpty ? "" : "; \(warnings.count) warning\(warnings.count == 1 ? "" : "s")"
    // What proves less than it seems to comes first: a search within it says little.
    if let grave = warnings.first(where: { CircuitStandard.authoring.refused.contains($0.kind) }) {
      return
        "\(file): warning: \(grave.message)\(warnings.count > 1 ? " (one of \(warnings.count) warnings)" : "")"
    }
    if let notSearched { return "\(file): \(notSearched)\(kept)" }
    if let fault = search.rangeFault {
      return "\(file): a book that meets the rule cannot be proved: `\(fault.name)` leaves its range\(kept)"
    }
    return "\(file): no difference found between the rule and its rows\(kept)"
  }

  /// Why no book was searched, if none was.
  private var notSearched: String? {
    guard search.difference == nil, !search.isSearched else { return nil }
    let why =
      if search.supportCount == 0 {
        search.cuts.contains(.variables)
          ? "every set of committed values has more than \(SearchLimits.standard.variables) variables"
          : "no set of committed values was looked at (--supports is how many)"
      } else {
        "no book that meets the rows was found in \(search.supportCount) sets of committed values"
      }
    return "not searched: \(why)"
  }

  private var searched: String {
    let cuts = DifferenceReport.Cut.allCases.filter(search.cuts.contains).map(Self.cut)
    return
      "no difference found: \(search.bookCount) books at the edges of \(search.supportCount) sets of at most "
      + "\(search.largestSupport) committed values"
      + (search.togetherCount > 0 ? " and of all \(search.togetherCount) together" : "")
      + (search.fixedCount > 0 ? ", few-valued advice fixed \(search.fixedCount) times" : "")
      + (search.againstRulesCount > 0 ? ", advice against its rule \(search.againstRulesCount) times" : "")
      + (search.isReduced ? ", with some advice left as in the empty book" : "")
      + ", \(search.programCount) linear programs"
      + (cuts.isEmpty ? "" : "; cut by \(cuts.joined(separator: ", by "))") + ". A search proves nothing"
  }

  /// A limit, and whether it can be raised.
  private static func cut(_ cut: DifferenceReport.Cut) -> String {
    let limits = SearchLimits.standard
    return switch cut {
    case .supports: "the number of sets (--supports raises it)"
    case .programs: "the \(limits.programs) linear programs of sets (fixed)"
    case .variables: "the \(limits.variables) variables that a set may have (fixed)"
    case .programsFixed: "the \(limits.programsFixed) linear programs with advice fixed (fixed)"
    case .programsAgainstRules:
      "the \(limits.programsAgainstRules) linear programs with advice against its rule (fixed)"
    case .work: "what the programs and runs of the rules cost (fixed)"
    case .programsTogether: "the \(limits.programsTogether) linear programs over all values together (fixed)"
    }
  }

  /// One line for each family of advice: its first element stands for it.
  private func advice() -> [String] {
    var (families, order) = ([String: [AdviceUse]](), [String]())
    for use in rule.compiled.adviceUses {
      let family = String(use.name.prefix { $0 != "[" })
      if families[family] == nil { order.append(family) }
      families[family, default: []].append(use)
    }
    return order.compactMap { family in
      guard let uses = families[family], let first = uses.first else { return nil }
      var holds: [String] = []
      if !first.links.isEmpty { holds.append("linked to \(Self.list(first.links))") }
      if !first.heldUpBy.isEmpty {
        holds.append("held up by \(Self.list(first.heldUpBy.map { "\"\($0)\"" }))")
      }
      if !first.heldDownBy.isEmpty {
        holds.append("down by \(Self.list(first.heldDownBy.map { "\"\($0)\"" }))")
      }
      let what = holds.isEmpty ? "one value only" : holds.joined(separator: "; ")
      return "  advice    \(first.name)\(uses.count > 1 ? " and \(uses.count - 1) more" : ""): \(what)"
    }
  }

  /// More lines of one kind than a person reads are counted.
  private static func first(_ lines: [String], _ word: String, _ what: String) -> [String] {
    let most = 40
    let others = lines.count - most
    return lines.prefix(most)
      + (others > 0 ? ["  \(word)and \(others) more \(what), all of them with --json"] : [])
  }

  private static func list(_ names: [String]) -> String {
    let others = names.count > 2 ? " and \(names.count - 2) more" : ""
    return names.prefix(2).joined(separator: ", ") + others
  }

  private static func book(_ entries: [DifferenceReport.BookEntry]) -> [String] {
    ["  book"] + (entries.isEmpty ? ["    nothing in it"] : [])
      + entries.map { "    \($0.coordinate)  \($0.value)" }
  }

  /// What is in order and out of reach: nobody is let pass who should not be.
  private func rangeFault(_ fault: DifferenceReport.RangeFault) -> [String] {
    Self.book(fault.book) + [
      "  range     the book meets every requirement, and cannot be proved as the rules say:",
      "    \(fault.name)" + (fault.value.map { " is to be \($0), which" } ?? "")
        + " has no room in its range",
      "  help      a wider range of this advice, if such books are to be proved",
    ]
  }

  private func difference(_ difference: DifferenceReport.Difference) -> [String] {
    var lines = Self.book(difference.book)
    switch difference.objection {
    case .requirementFails(let name, let value):
      lines.append("  rule      \"\(name)\" fails by \(value.magnitude), with advice as its rules say")
    case .notAdmitted(let name):
      lines.append("  rule      does not admit \(name): its rules give no value that fits")
    }
    lines.append("  prover    meets every row with")
    lines += difference.advice.prefix(8).map { entry in
      "    \(entry.name) = \(entry.taken)" + (entry.ruled.map { ", where the rule says \($0)" } ?? "")
    }
    if difference.advice.count > 8 { lines.append("    and \(difference.advice.count - 8) more values") }
    lines.append("  help      state as rows, or as a link, what the rule of this advice computes")
    return lines
  }

  private func data(_ warnings: [CircuitWarning]) -> JSONValue {
    let uses = rule.compiled.adviceUses.map { use -> JSONValue in
      [
        "name": .string(use.name), "line": .integer(use.line), "links": .array(use.links.map { .string($0) }),
        "heldUpBy": .array(use.heldUpBy.map { .string($0) }),
        "heldDownBy": .array(use.heldDownBy.map { .string($0) }),
      ]
    }
    return [
      "name": .string(circuit.name), "version": .integer(circuit.version),
      "digest": .string(circuit.digest.description),
      "isSearched": .bool(search.isSearched || search.difference != nil),
      "notSearched": notSearched.map { .string($0) } ?? .null, "advice": .array(uses),
      "parameters": Self.parameters(of: circuit),
      "notes": .array(notes.map { .string($0) }),
      "warnings": .array(
        warnings.map {
          ["kind": .string($0.kind.rawValue), "line": .integer($0.line), "message": .string($0.message)]
        }),
      "search": [
        "supports": .integer(search.supportCount), "largestSupport": .integer(search.largestSupport),
        "together": .integer(search.togetherCount),
        "fixed": .integer(search.fixedCount), "againstRules": .integer(search.againstRulesCount),
        "isReduced": .bool(search.isReduced),
        "programs": .integer(search.programCount), "work": .integer(search.workCount),
        "books": .integer(search.bookCount),
        "isCut": .bool(search.isCut),
        "cuts": .array(
          DifferenceReport.Cut.allCases.filter(search.cuts.contains).map { .string($0.rawValue) }),
        "foundOnlyEmptyBook": .bool(search.foundOnlyEmptyBook),
      ],
      "difference": search.difference.map(Self.data) ?? .null,
      "rangeFault": search.rangeFault.map { fault in
        [
          "book": .object(fault.book.map { JSONMember($0.coordinate, .integer($0.value)) }),
          "name": .string(fault.name), "value": fault.value.map { .number($0.description) } ?? .null,
        ]
      } ?? .null,
    ]
  }

  /// The parameters that are chosen, with their lines.
  static func parameters(of circuit: Circuit) -> JSONValue {
    .array(
      circuit.parameters.map {
        [
          "name": .string($0.name), "value": .integer($0.value), "lower": .integer($0.lower),
          "upper": .integer($0.upper), "line": .integer($0.line),
        ]
      })
  }

  private static func data(_ difference: DifferenceReport.Difference) -> JSONValue {
    let objection: JSONValue =
      switch difference.objection {
      case .requirementFails(let name, let value):
        ["requirement": .string(name), "value": .number(value.description)]
      case .notAdmitted(let name): ["notAdmitted": .string(name)]
      }
    return [
      "book": .object(difference.book.map { JSONMember($0.coordinate, .integer($0.value)) }),
      "objection": objection,
      "advice": .array(
        difference.advice.map {
          [
            "name": .string($0.name), "taken": .number($0.taken.description),
            "ruled": $0.ruled.map { .number($0.description) } ?? .null,
          ]
        }),
    ]
  }
}
