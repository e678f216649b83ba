public import ExactIntegers

/// What the rows of a circuit, as they are written, say about one book. Secret: it stays with the trader.
public struct Evaluation: Sendable {
  /// Whether the circuit can speak about the book at all.
  public enum Admission: Hashable, Sendable {
    /// It can; the requirements tell the rest.
    case admitted
    /// See ``WitnessError/notAdmitted(coordinate:)``.
    case notAdmitted(coordinate: String)
    /// See ``WitnessError/beyondBound(name:)``.
    case beyondBound(name: String)
  }

  /// One requirement, evaluated.
  public struct Requirement: Hashable, Sendable {
    /// What a value means.
    public enum Verdict: Hashable, Sendable {
      /// The requirement is met.
      case holds
      /// The book is short of it.
      case fails
      /// Met, but by more than the circuit has room for.
      case beyondBound
    }

    /// The name with the keys of its loops.
    public let name: String
    /// Line of the circuit file.
    public let line: Int
    /// Left side less right side (the other way round for `<=`).
    public let value: Int256
    /// The largest value that can be proved; 0 for an equality.
    public let bound: Integer
    /// Whether the book meets it.
    public let verdict: Verdict
    /// Whether the row is there to hold a value to its rule: an advice value that is a maximum, and that the
    /// row holds up, or a minimum that it holds down. One of these rows is met with equality whatever the
    /// book is, so that its slack says nothing.
    public let supportsAdvice: Bool

    /// Whether the book meets the rule, provable or not.
    public var holds: Bool { verdict != .fails }

    /// Whether the value is a smaller part of its bound; both values are at least 0, both bounds more.
    fileprivate func isTighter(than other: Requirement) -> Bool {
      // value / bound < other.value / other.bound, without division and in full width
      let (left, right) = (
        value.fullProduct(Int256(truncating: other.bound)), other.value.fullProduct(Int256(truncating: bound))
      )
      for limb in left.indices.reversed() where left[limb] != right[limb] {
        return left[limb] < right[limb]
      }
      return false
    }
  }

  /// Whether the circuit can speak about the book; if not, there are no requirements.
  public let admission: Admission
  /// Every requirement in the order of the file.
  public let requirements: [Requirement]

  /// Whether a proof can be made.
  public var isProvable: Bool {
    admission == .admitted && requirements.allSatisfy { $0.verdict == .holds }
  }

  /// The requirement that decides: the one that fails by the largest amount, or, if all hold, the one whose
  /// value is the smallest part of its bound; rows that hold advice to its rule come last. The first among
  /// equals.
  public var binding: Requirement? {
    let failing = requirements.filter { !$0.holds }
    if var worst = failing.first {
      for candidate in failing.dropFirst() where worst.value.magnitude < candidate.value.magnitude {
        worst = candidate
      }
      return worst
    }
    let unequal = requirements.filter { !$0.bound.isZero }
    let stated = unequal.filter { !$0.supportsAdvice }
    let inequalities = stated.isEmpty ? unequal : stated
    guard var tightest = inequalities.first else { return requirements.first }
    for candidate in inequalities.dropFirst() where candidate.isTighter(than: tightest) {
      tightest = candidate
    }
    return tightest
  }
}

extension CompiledCircuit {
  /// Evaluates the requirements of the circuit over a book, as they are written, in plain integers.
  ///
  /// - Parameter committed: one value for every coordinate.
  /// - Throws: ``WitnessError/wrongCoordinateCount(expected:actual:)``.
  public func evaluate(_ committed: Span<Int64>) throws(WitnessError) -> Evaluation {
    do throws(WitnessError) {
      return evaluation(of: try book(committed))
    } catch .notAdmitted(let coordinate) {
      return Evaluation(admission: .notAdmitted(coordinate: coordinate), requirements: [])
    } catch .beyondBound(let name) {
      return Evaluation(admission: .beyondBound(name: name), requirements: [])
    }
  }

  private func evaluation(of book: borrowing Book) -> Evaluation {
    var requirements: [Evaluation.Requirement] = []
    for (index, (requirement, bound)) in zip(elaboration.requirements, slackBounds).enumerated() {
      let value = book.slack(index)
      let isEquality = requirement.source.relation == .equal
      let verdict: Evaluation.Requirement.Verdict =
        if isEquality ? !value.isZero : value.isNegative { .fails } else if bound < value {
          .beyondBound
        } else { .holds }
      requirements.append(
        Evaluation.Requirement(
          name: requirement.name, line: circuit.source.line(at: requirement.source.range.lower),
          value: value, bound: bound.asInteger(), verdict: verdict,
          supportsAdvice: supportsAdvice[index]))
    }
    return Evaluation(admission: .admitted, requirements: requirements)
  }
}

extension CompiledCircuit {
  /// What a circuit says of one coordinate before any requirement.
  package enum Room: Hashable, Sendable {
    /// It does not commit the coordinate, and proves it to be 0.
    case nothing
    /// It commits it within a range.
    case range(lower: Integer, upper: Integer)
    /// The coordinate is what its link says: nothing outside of the range that the values it is made of add
    /// up to, nil where they are products of others.
    case linked(ClosedRange<Integer>?)
  }

  /// The room for a coordinate, by its name in the registry.
  package func room(for coordinate: String) -> Room {
    for cell in elaboration.cells {
      switch cell.role {
      case .committed(let index) where coordinates.names[index] == coordinate:
        return .range(lower: cell.interval.lower, upper: cell.interval.upper)
      case .linked(let index) where coordinates.names[index] == coordinate:
        return linkedRoom(for: index)
      default: continue
      }
    }
    return .nothing
  }

  /// What the least and the largest of all values that a link is made of add up to.
  private func linkedRoom(for coordinate: Int) -> Room {
    // Variables of the statement count from the least admitted value of a cell, and links with them.
    guard let form = statement.draft.links[0][coordinate] else { return .nothing }
    let bounds = statement.draft.variableBounds
    var (lower, upper) = (form.constant, form.constant)
    for term in form.terms {
      guard bounds.indices.contains(term.variable) else { return .linked(nil) }
      let reach = term.coefficient * bounds[term.variable]
      if reach.isNegative { lower += reach } else { upper += reach }
    }
    return .linked(lower...upper)
  }
}

extension Int256 {
  /// The product of two values that are not negative: eight limbs, the lowest first.
  fileprivate func fullProduct(_ other: Int256) -> InlineArray<8, UInt64> {
    let (a, b) = (limbs, other.limbs)
    var product: InlineArray<8, UInt64> = .init(repeating: 0)
    for i in a.indices {
      var carry: UInt64 = 0
      for j in b.indices {
        // a·b + product + carry < 2¹²⁸
        let sum =
          UInt128(a[i]) * UInt128(b[j]) + UInt128(product[i + j]) + UInt128(carry)
        product[i + j] = UInt64(truncatingIfNeeded: sum)
        carry = UInt64(truncatingIfNeeded: sum >> 64)
      }
      product[i + 4] = carry
    }
    return product
  }
}
