internal import ExactIntegers

/// The checks that make a draft a statement (protocol 3.1 and 3.4).
enum StatementChecks {
  /// ℓ = 2²⁵² + 27742317777372353535851937790883648493.
  static let groupOrder =
    Integer.powerOfTwo(252) + Integer(UInt128(27_742_317_777_372_353_535_851_937_790_883_648_493))
  /// h = (ℓ − 1)/2.
  static let halfOrder = (groupOrder - 1).floorDivided(by: 2)
  /// Bounds are below 2²⁵⁰.
  private static let boundLimit = Integer.powerOfTwo(250)

  static func checkCounts(_ draft: StatementDraft) throws(StatementError) {
    let counts: [(StatementPart, Int, limit: Int)] = [
      (.variables, draft.variableBounds.count, StatementLimits.count),
      (.gates, draft.gates.count, StatementLimits.count),
      (.rows, draft.rows.count, StatementLimits.count),
      (.coordinates, draft.coordinateCount, StatementLimits.count),
      (.links, draft.links.count, StatementLimits.links),
    ]
    for (part, count, limit) in counts where count > limit { throw .tooMany(part, limit: limit) }
    guard !draft.variableBounds.isEmpty else { throw .empty(.variables) }
    guard draft.coordinateCount >= 1 else { throw .empty(.coordinates) }
    guard !draft.links.isEmpty else { throw .empty(.links) }
    let terms =
      draft.gates.reduce(0) { $0 + $1.left.terms.count + $1.right.terms.count }
      + draft.rows.reduce(0) { $0 + $1.form.terms.count }
      + draft.links.reduce(0) { $0 + $1.values.reduce(0) { $0 + $1.terms.count } }
    guard terms <= StatementLimits.terms else { throw .tooMany(.terms, limit: StatementLimits.terms) }
  }

  static func checkShape(_ draft: StatementDraft) throws(StatementError) {
    func checkIndices(
      _ form: AffineForm, below limit: Int, _ location: FormLocation
    ) throws(StatementError) {
      for term in form.terms where !(0..<limit).contains(term.variable) {
        throw .unknownVariable(term.variable, in: location)
      }
    }
    let variables = draft.variableBounds.count
    for (g, gate) in draft.gates.enumerated() {
      try checkIndices(gate.left, below: variables + g, .gateLeft(g))
      try checkIndices(gate.right, below: variables + g, .gateRight(g))
    }
    let all = variables + draft.gates.count
    for (j, row) in draft.rows.enumerated() { try checkIndices(row.form, below: all, .row(j)) }
    for (i, link) in draft.links.enumerated() {
      for (m, form) in link.sorted(by: { $0.key < $1.key }) {
        guard (0..<draft.coordinateCount).contains(m) else { throw .unknownCoordinate(m, link: i) }
        guard !form.isZero else { throw .zeroLinkForm(link: i, coordinate: m) }
        try checkIndices(form, below: all, .link(i, coordinate: m))
      }
    }
  }

  /// Carries an exact interval for every variable through all forms and refuses what could wrap.
  ///
  /// - Returns: the interval of each row's form.
  static func checkNoWrap(_ draft: StatementDraft) throws(StatementError) -> [IntegerInterval] {
    var variables = VariableIntervals()
    for (i, bound) in draft.variableBounds.enumerated() {
      try checkBound(bound, .variable(i))
      variables.append(IntegerInterval(0, bound))
    }
    for (g, gate) in draft.gates.enumerated() {
      let left = try interval(of: gate.left, over: variables, .gateLeft(g))
      let right = try interval(of: gate.right, over: variables, .gateRight(g))
      // All four endpoint products in [−h, h]; the same rule when left = right.
      let product = left * right
      guard -halfOrder <= product.lower, product.upper <= halfOrder else {
        throw .wraps(.gateProduct(g), lower: product.lower, upper: product.upper)
      }
      variables.append(product)
    }
    var rows: [IntegerInterval] = []
    for (j, row) in draft.rows.enumerated() {
      try checkBound(row.upperBound, .row(j))
      let range = try interval(of: row.form, over: variables, .row(j))
      // f − y is an integer in (−ℓ, ℓ) and divisible by ℓ, hence 0.
      guard -groupOrder < range.lower - row.upperBound else {
        throw .wraps(.row(j), lower: range.lower - row.upperBound, upper: range.upper)
      }
      rows.append(range)
    }
    for (i, link) in draft.links.enumerated() {
      for (m, form) in link.sorted(by: { $0.key < $1.key }) {
        let location = FormLocation.link(i, coordinate: m)
        let range = try interval(of: form, over: variables, location)
        guard -halfOrder <= range.lower, range.upper <= halfOrder else {
          throw .wraps(location, lower: range.lower, upper: range.upper)
        }
      }
    }
    return rows
  }

  private static func checkBound(_ bound: Integer, _ location: FormLocation) throws(StatementError) {
    guard 0 <= bound, bound < boundLimit else { throw .boundOutOfRange(location) }
  }

  /// Whether a coefficient is at most h in magnitude; h has 252 bits.
  private static func fits(_ value: Integer) -> Bool {
    value.bitWidth < 252 || value.magnitude <= halfOrder
  }

  private static func interval(
    of form: AffineForm, over variables: VariableIntervals, _ location: FormLocation
  ) throws(StatementError) -> IntegerInterval {
    guard fits(form.constant), form.terms.allSatisfy({ fits($0.coefficient) }) else {
      throw .coefficientTooLarge(location)
    }
    let range = variables.interval(of: form)
    guard -groupOrder < range.lower, range.upper < groupOrder else {
      throw .wraps(location, lower: range.lower, upper: range.upper)
    }
    return range
  }
}
