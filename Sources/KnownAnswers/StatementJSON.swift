package import CanonicalBytes
package import CircuitProofs
internal import ExactIntegers

/// Statements in the schema of the known answers: `base`, `n_coords`, `x_max`, `rows`, `gates`, `links`.
///
/// Integers that can be large are decimal strings; a form is `{"terms": [[index, "coefficient"], …],
/// "const": "…"}`; a link maps coordinates, as decimal strings, to forms.
package enum StatementJSON {
  /// The members that describe a statement, in the order of the schema.
  package static func members(of statement: Statement) -> [JSONMember] {
    let draft = statement.draft
    return [
      JSONMember("base", .integer(statement.base.rawValue)),
      JSONMember("n_coords", .integer(draft.coordinateCount)),
      JSONMember("x_max", .array(draft.variableBounds.map(decimal))),
      JSONMember(
        "rows",
        .array(draft.rows.map { ["form": form($0.form), "y_max": decimal($0.upperBound)] })),
      JSONMember(
        "gates", .array(draft.gates.map { ["left": form($0.left), "right": form($0.right)] })),
      JSONMember("links", .array(draft.links.map(link))),
    ]
  }

  /// Reads the statement that members describe, and checks it.
  static func statement(_ members: JSONMembers) throws(VectorFailure) -> Statement {
    let draft: StatementDraft
    let base: DigitBase
    do throws(DocumentError) {
      let node = try members.required("base")
      let value = try node.integer(in: Int64(4)...256)
      guard let known = DigitBase(rawValue: Int(value)) else {
        throw node.failure(
          .unknownWord("\(value)", known: DigitBase.allCases.map { "\($0.rawValue)" }))
      }
      base = known
      draft = try self.draft(members)
    } catch {
      throw .document(error)
    }
    do throws(StatementError) {
      return try Statement(draft, base: base)
    } catch {
      throw .statement(error)
    }
  }

  private static let largestCount = Int64(StatementLimits.count)

  private static func draft(_ members: JSONMembers) throws(DocumentError) -> StatementDraft {
    var draft = StatementDraft()
    draft.coordinateCount = Int(try members.required("n_coords").integer(in: 1...largestCount))
    draft.variableBounds = try list(members.required("x_max"), bound)
    draft.rows = try list(members.required("rows")) { node throws(DocumentError) in
      let row = try node.object(required: ["form", "y_max"])
      return StatementRow(form: try form(row["form"]), upperBound: try bound(row["y_max"]))
    }
    draft.gates = try list(members.required("gates")) { node throws(DocumentError) in
      let gate = try node.object(required: ["left", "right"])
      return ProductGate(left: try form(gate["left"]), right: try form(gate["right"]))
    }
    draft.links = try list(members.required("links"), link)
    return draft
  }

  private static func list<Element>(
    _ node: JSONNode, _ element: (JSONNode) throws(DocumentError) -> Element
  ) throws(DocumentError) -> [Element] {
    var elements: [Element] = []
    for item in try node.array(maximumCount: StatementLimits.count) {
      elements.append(try element(item))
    }
    return elements
  }

  private static func decimal(_ value: Integer) -> JSONValue { .string(value.description) }

  /// Bounds are checked by ``Statement``; this only keeps them from being absurdly long.
  private static func bound(_ node: JSONNode) throws(DocumentError) -> Integer {
    try node.integer(in: 0...Integer.powerOfTwo(256))
  }

  private static func coefficient(_ node: JSONNode) throws(DocumentError) -> Integer {
    try node.integer(in: -Integer.powerOfTwo(256)...Integer.powerOfTwo(256))
  }

  private static func form(_ form: AffineForm) -> JSONValue {
    [
      "terms": .array(
        form.terms.map { [.integer($0.variable), decimal($0.coefficient)] }),
      "const": decimal(form.constant),
    ]
  }

  private static func form(_ node: JSONNode) throws(DocumentError) -> AffineForm {
    let members = try node.object(required: ["terms", "const"])
    var terms: [AffineForm.Term] = []
    for term in try members["terms"].array(maximumCount: StatementLimits.terms) {
      let pair = try term.array(maximumCount: 2)
      guard pair.count == 2 else {
        throw term.failure(.outOfRange("\(pair.count) elements", lower: "2", upper: "2"))
      }
      let variable = Int(try pair[0].integer(in: 0...2 * largestCount))
      terms.append(AffineForm.Term(variable: variable, coefficient: try coefficient(pair[1])))
    }
    return AffineForm(terms: terms, constant: try coefficient(members["const"]))
  }

  private static func link(_ link: [Int: AffineForm]) -> JSONValue {
    .object(link.sorted { $0.key < $1.key }.map { JSONMember("\($0.key)", form($0.value)) })
  }

  private static func link(_ node: JSONNode) throws(DocumentError) -> [Int: AffineForm] {
    var link: [Int: AffineForm] = [:]
    for entry in try node.entries(maximumCount: StatementLimits.count) {
      let coordinate = try JSONNode(.string(entry.key), at: node.path)
        .integer(in: 0...largestCount)
      link[Int(coordinate)] = try form(entry.node)
    }
    return link
  }
}
