internal import ExactIntegers

/// A checked circuit with its parameters: what every walk over the tree reads.
final class Program: Sendable {
  let checked: CheckedTree
  let parameters: ParameterRecord
  let forms: [String: Declaration.Form]
  /// Empty while the families themselves are being unrolled.
  let families: [String: Family]
  /// Limit of every ``Meter`` over it.
  let mostSteps: Int

  init(_ checked: CheckedTree, parameters: ParameterRecord) {
    self.checked = checked
    self.parameters = parameters
    families = [:]
    mostSteps = Meter.mostSteps(for: parameters)
    var forms: [String: Declaration.Form] = [:]
    for case .form(let form) in checked.tree.declarations { forms[form.name.text] = form }
    self.forms = forms
  }

  /// The same with its families unrolled.
  init(_ program: Program, families: [String: Family]) {
    (checked, parameters, forms) = (program.checked, program.parameters, program.forms)
    mostSteps = program.mostSteps
    self.families = families
  }

  /// Whether an expression holds no secret value. Names are unique, so no scope is needed.
  func isOpen(_ expression: Expression) -> Bool {
    switch expression.kind {
    case .integer, .string, .field, .power, .range: true
    case .name(let name): isOpen(name)
    case .index(let base, _): isOpen(base)
    case .call(let name, _): isOpen(name.text)
    case .builtin(.count, _), .builtin(.index, _), .builtin(.sum, _): true
    case .builtin(.fill, _): false
    case .builtin(.max, let values), .builtin(.min, let values): values.allSatisfy { isOpen($0) }
    case .aggregate(_, _, let body): isOpen(body)
    case .negation(let operand), .not(let operand): isOpen(operand)
    case .sum(let terms): terms.allSatisfy { isOpen($0.value) }
    case .product(let a, let b), .comparison(_, let a, let b), .conjunction(let a, let b),
      .disjunction(let a, let b):
      isOpen(a) && isOpen(b)
    case .quotient(let dividend, _): isOpen(dividend)
    case .conditional(let condition, let a, let b): isOpen(condition) && isOpen(a) && isOpen(b)
    }
  }

  private func isOpen(_ name: String) -> Bool { !checked.secretNames.contains(name) }

  /// The element of a family with the given keys.
  func cell(of family: String, _ keys: [Key], at range: SourceRange) throws(Problem) -> Int {
    guard let found = families[family] else {
      throw Problem(.unknownName, "unknown family `\(family)`", at: range)
    }
    if let cell = found.cells[keys] { return cell }
    let name = Family.elementName(family, keys)
    let others =
      found.cells.count > Suggestion.maximumCount
      ? [] : found.cells.keys.map { Family.elementName(family, $0) }
    throw Problem(
      .unknownElement, "there is no `\(name)`", at: range,
      notes: Suggestion.help(for: name, among: others))
  }
}

/// The elements of a `committed`, `advice` or `product` declaration. A cell is the place of an
/// element among all elements of the circuit, in declaration order, then index order.
struct Family: Sendable {
  var cells: [[Key]: Int] = [:]

  /// `name[key, key]`.
  static func elementName(_ family: String, _ keys: [Key]) -> String {
    keys.isEmpty ? family : "\(family)[\(keys.map(\.description).joined(separator: ", "))]"
  }
}
