/// How a configuration may follow another (M71): each parameter within its bounds, by no more than one step,
/// announced in time. An emergency brake needs no notice and knows no step, but it may only tighten.
public enum Governance {
  /// How a change is made.
  public enum Procedure: Hashable, Sendable {
    /// Announced this many seconds before it takes effect.
    case announced(secondsBefore: Int64)
    /// At once.
    case emergencyBrake
  }

  /// One reason why a change is unlawful.
  public enum Violation: Hashable, Sendable {
    /// The value moves further than one step.
    case step(Change, largest: Int64)
    /// The change was announced too late.
    case notice(Change, seconds: Int64, needed: Int64)
    /// The brake would relax the parameter, or change one that has no tighter way.
    case relaxes(Change)
    /// An observation of the stress table is missing: what happened stays known.
    case forgets(StressObservation)
  }

  /// A parameter with another value than before.
  public struct Change: Hashable, Sendable {
    /// The parameter.
    public let parameter: Parameter
    /// What it is changed for; nil for everything.
    public let target: OverrideTarget?
    /// The value before.
    public let before: Int64
    /// The value after.
    public let after: Int64

    /// Whether the change tightens.
    public var tightens: Bool {
      switch parameter.descriptor.tightening {
      case .raise: after > before
      case .lower: after < before
      case .neither: false
      }
    }
  }

  /// Every value that differs between two configurations, in the order of the table; a value that is not
  /// overridden any more goes back to that for everything.
  public static func changes(
    from old: EngineConfiguration, to new: EngineConfiguration
  ) -> [Change] {
    let named = Set(old.targets).union(new.targets).sorted {
      ($0.kind.rawValue, $0.id) < ($1.kind.rawValue, $1.id)
    }
    return Parameter.allCases.flatMap { parameter in
      let everywhere = Change(
        parameter: parameter, target: nil, before: old[parameter], after: new[parameter])
      let single = named.compactMap { target -> Change? in
        guard
          old.overridden(parameter, for: target) != nil
            || new.overridden(parameter, for: target) != nil
        else { return nil }
        return Change(
          parameter: parameter, target: target, before: old[parameter, target],
          after: new[parameter, target])
      }
      return ([everywhere] + single).filter { $0.before != $0.after }
    }
  }

  /// Why a configuration may not follow another; empty when it may.
  public static func violations(
    from old: EngineConfiguration, to new: EngineConfiguration, by procedure: Procedure
  ) -> [Violation] {
    let known = Set(new.stress.observations)
    let forgotten = old.stress.observations.filter { !known.contains($0) }.map { Violation.forgets($0) }
    return forgotten
      + changes(from: old, to: new).flatMap { change -> [Violation] in
        let row = change.parameter.descriptor
        switch procedure {
        case .emergencyBrake:
          return change.tightens ? [] : [.relaxes(change)]
        case .announced(let seconds):
          var found: [Violation] = []
          // Both are within bounds far below 2⁶², so the difference is exact.
          if (change.after - change.before).magnitude > row.largestStep {
            found.append(.step(change, largest: row.largestStep))
          }
          if seconds < row.timelock {
            found.append(.notice(change, seconds: seconds, needed: row.timelock))
          }
          return found
        }
      }
  }
}

extension Governance.Violation: CustomStringConvertible {
  /// One line.
  public var description: String {
    switch self {
    case .step(let change, let largest):
      "\(change): moves further than \(largest) at once"
    case .notice(let change, let seconds, let needed):
      "\(change): announced \(seconds) seconds before; \(needed) are needed"
    case .forgets(let one):
      "stress: the \(one.direction.rawValue) of \(one.underlying) by \(one.move) ppm within \(one.seconds) s is missing"
    case .relaxes(let change):
      "\(change): an emergency brake may only tighten"
    }
  }
}

extension Governance.Change: CustomStringConvertible {
  /// The key, and the values before and after.
  public var description: String {
    let row = parameter.descriptor
    let place = target.map { "\($0.kind.section).\($0.id)." } ?? ""
    return "\(place)\(row.key) from \(row.text(before)) to \(row.text(after))"
  }
}
