extension Statement {
  /// The most blocks of a repeated statement.
  public static let repetitionLimit = 64

  /// The statement `count` times over, side by side, about as many times the commitments (protocol 3.7): one
  /// proof shows that each block's commitments open to values that fulfil this statement.
  ///
  /// Block i has variables, gates, rows and links of its own, with the coefficients and bounds of this
  /// statement:
  ///
  ///     x_{iA+v} = x_v of block i      z_{iQ+g} = z_g of block i      y_{iS+j} = y_j of block i      V_{ik+c} = V_c of block i
  ///
  /// Nothing connects two blocks, so that what is proved is a conjunction, whatever it is proved with. The
  /// result is a statement like any other: checked as such, with its own digest, base and layout.
  ///
  /// - Parameters:
  ///   - count: the number of blocks K, from 1 to ``repetitionLimit``.
  ///   - base: the base of the digits; `nil` takes the one that the base rule gives for all blocks together.
  /// - Throws: ``StatementError``: no block, or more of something than the limits allow. What fits in one
  ///   block does not wrap in another.
  public func repeated(_ count: Int, base: DigitBase? = nil) throws(StatementError) -> Statement {
    guard count >= 1 else { throw .empty(.links) }
    // Before anything is made: a limit that one block is within may be exceeded by many.
    guard count <= Self.repetitionLimit, count * commitmentCount <= StatementLimits.links else {
      throw .tooMany(.links, limit: min(StatementLimits.links, Self.repetitionLimit * commitmentCount))
    }
    let parts: [(StatementPart, Int)] = [(.variables, variableCount), (.gates, gateCount), (.rows, rowCount)]
    for (part, of) in parts where count * of > StatementLimits.count {
      throw .tooMany(part, limit: StatementLimits.count)
    }
    guard count * layout.usedSlots <= 2 * StatementLimits.normSlots else {
      throw .tooMany(.normSlots, limit: StatementLimits.normSlots)
    }
    return try Statement(draft.repeated(count), base: base)
  }
}

extension StatementDraft {
  /// The draft of protocol 3.7. `count` is at least 1.
  func repeated(_ count: Int) -> StatementDraft {
    let (variables, gateCount) = (variableBounds.count, gates.count)
    var all = StatementDraft(coordinateCount: coordinateCount)
    for block in 0..<count {
      // Variables of a block follow those of the blocks before; outputs of gates follow all variables. The
      // order of terms stays that of one block.
      let (x, z) = (block * variables, count * variables + block * gateCount - variables)
      func moved(_ form: AffineForm) -> AffineForm {
        AffineForm(
          terms: form.terms.map { term in
            let offset = term.variable < variables ? x : z
            return AffineForm.Term(variable: term.variable + offset, coefficient: term.coefficient)
          }, constant: form.constant)
      }
      all.variableBounds += variableBounds
      all.gates += gates.map { ProductGate(left: moved($0.left), right: moved($0.right)) }
      all.rows += rows.map { StatementRow(form: moved($0.form), upperBound: $0.upperBound) }
      all.links += links.map { $0.mapValues(moved) }
    }
    return all
  }
}
