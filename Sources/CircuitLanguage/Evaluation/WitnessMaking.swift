public import CircuitProofs
internal import ExactIntegers
internal import Ristretto

extension CompiledCircuit {
  /// The witness of a book: its values and those that the rules of the circuit give for it.
  ///
  /// Every range, link and row is checked in plain integers as it is written; the prover checks the
  /// statement's rows anew before it proves.
  ///
  /// - Parameter committed: one value for every coordinate.
  /// - Throws: ``WitnessError`` with the name of what stands in the way.
  public func witness(for committed: Span<Int64>) throws(WitnessError) -> Witness {
    let book = try book(committed)
    var worst: (slack: Int256, name: String)?
    var beyond: String?
    for (index, (requirement, bound)) in zip(elaboration.requirements, slackBounds).enumerated() {
      let slack = book.slack(index)
      let shortfall = requirement.source.relation == .equal ? -slack.magnitude : slack
      if shortfall.isNegative, worst.map({ shortfall < $0.slack }) ?? true {
        worst = (shortfall, requirement.name)
      }
      if bound < slack { beyond = beyond ?? requirement.name }
    }
    if let worst { throw .requirementFails(name: worst.name) }
    if let beyond { throw .beyondBound(name: beyond) }
    return variables(of: book)
  }

  /// The values that the rules give for a book, whether or not it meets the requirements.
  package func witnessWithoutRequirements(
    for committed: Span<Int64>
  ) throws(WitnessError) -> Witness {
    variables(of: try book(committed))
  }

  /// Every variable counts from the lower bound of its value.
  private func variables(of book: borrowing Book) -> Witness {
    let variables = elaboration.cells.indices.filter { elaboration.cells[$0].hasVariable }
    return Witness(
      SecretBlock<Int256>(count: variables.count) { variable in
        book.cells[variables[variable]] &- bounds[variables[variable]].lower
      })
  }
}
