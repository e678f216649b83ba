internal import CircuitProofs
internal import ProofCore
public import Solvency

/// What the verifier says of one proof about a group of accounts.
public enum GroupVerdict: Hashable, Sendable {
  /// Every account met the rule; these are the facts established, in the order of the group.
  case accepted([ProofClaim])
  /// The proof establishes nothing about any of its accounts. `member` is the place of the account whose
  /// name, state or commitment is not the one expected; nil for a reason that is the whole group's, the
  /// proof's own among them.
  case rejected(RejectionReason, member: Int?)

  /// Whether the proof was accepted.
  public var isAccepted: Bool {
    if case .accepted = self { true } else { false }
  }
}

extension ProofVerifier {
  /// The most groups that share one multi-scalar multiplication.
  static let groupBatchLimit = 256

  /// Verifies proofs about groups of accounts together, on all cores.
  ///
  /// Each account is compared with the expectations as if it had a proof of its own; one that does not meet
  /// them rejects its group. The verdicts, in the order of the envelopes, do not depend on the number of
  /// threads.
  public func verify(
    groups: [GroupEnvelope], expecting expectations: Expectations
  ) -> [GroupVerdict] {
    verify(groups: groups, expecting: expectations, workers: nil)
  }

  /// The same with an upper limit to the number of threads.
  package func verify(
    groups: [GroupEnvelope], expecting expectations: Expectations, workers: Int?
  ) -> [GroupVerdict] {
    let statements = Parallel.map(count: groups.count, workers: workers) { index in
      Result { () throws(GroupRejection) in try statement(of: groups[index], expecting: expectations) }
    }
    var verdicts: [GroupVerdict] = []
    var pending: [(index: Int, statement: Statement)] = []
    for (index, statement) in statements.enumerated() {
      switch statement {
      case .success(let statement):
        pending.append((index, statement))
        verdicts.append(.rejected(.proofInvalid, member: nil))
      case .failure(let failure):
        verdicts.append(.rejected(failure.reason, member: failure.member))
      }
    }
    // As many on each core as there is room for; a single batch has all cores.
    let count = max(
      (pending.count + Self.groupBatchLimit - 1) / Self.groupBatchLimit, min(4, pending.count / 64))
    let sound = pending
    let results = Parallel.map(count: count, workers: workers) { part in
      let some = sound[(sound.count * part / count)..<(sound.count * (part + 1) / count)]
      var batch = ProofBatch(generators: generators)
      for (index, statement) in some {
        batch.add(
          groups[index].proof, of: statement, commitments: groups[index].commitments,
          context: groups[index].context.encoded())
      }
      guard let errors = try? batch.verify(workers: count > 1 ? 1 : workers), errors.count == some.count
      else {
        return some.map { ($0.index, GroupVerdict.rejected(.proofInvalid, member: nil)) }
      }
      return zip(some, errors).map { entry, error in
        (
          entry.index,
          error.map { .rejected(RejectionReason($0), member: nil) } ?? Self.claims(of: groups[entry.index])
        )
      }
    }
    for (index, verdict) in results.joined() { verdicts[index] = verdict }
    return verdicts
  }

  /// Reads a group and verifies its proof under a rule in hand: what its audience will do, for a prover that
  /// checks its own work.
  ///
  /// - Throws: the reason to reject.
  package static func claims(
    encoded bytes: [UInt8], under rule: MarginRule, generators: Generators
  ) throws(RejectionReason) -> [ProofClaim] {
    let group: GroupEnvelope
    do throws(FileError) {
      group = try GroupEnvelope(decoding: bytes)
    } catch {
      throw .malformed(error)
    }
    for index in group.context.members.indices {
      try checkBinding(of: try envelope(index, of: group), to: rule)
    }
    let statement = try Self.statement(of: group, under: rule)
    do throws(VerificationError) {
      try group.proof.verify(
        statement, commitments: group.commitments, context: group.context.encoded(), generators: generators)
    } catch {
      throw RejectionReason(error)
    }
    guard case .accepted(let claims) = claims(of: group) else { throw .proofInvalid }
    return claims
  }

  private struct GroupRejection: Error {
    let reason: RejectionReason
    let member: Int?
  }

  /// The statement of a group, after every check but the proof's own.
  private func statement(
    of group: GroupEnvelope, expecting expectations: Expectations
  ) throws(GroupRejection) -> Statement {
    var rule: MarginRule?
    var documents = NamedDocuments(catalog)
    for index in group.context.members.indices {
      do throws(RejectionReason) {
        let envelope = try Self.envelope(index, of: group)
        let key = try Self.admissibleKey(
          of: ReceivedProof(envelope), expecting: expectations, among: &documents)
        let known: MarginRule
        if let rule { known = rule } else { known = try catalog.rule(key) }
        try Self.checkBinding(of: envelope, to: known)
        rule = known
      } catch {
        throw GroupRejection(reason: error, member: error.isOfAccount ? index : nil)
      }
    }
    do throws(RejectionReason) {
      guard let rule else { throw .unusableRule }
      return try Self.statement(of: group, under: rule)
    } catch {
      throw GroupRejection(reason: error, member: nil)
    }
  }

  private static func statement(
    of group: GroupEnvelope, under rule: MarginRule
  ) throws(RejectionReason) -> Statement {
    // A rule about several commitments has no place for several accounts here.
    guard let size = GroupSize(rawValue: group.commitments.count), rule.statement.commitmentCount == 1,
      let statement = try? rule.statement(repeated: size)
    else { throw .unusableRule }
    return statement
  }

  /// The envelope that an account of a group would have by itself, but for the proof, which is the group's.
  private static func envelope(
    _ index: Int, of group: GroupEnvelope
  ) throws(RejectionReason) -> ProofEnvelope {
    guard let context = try? group.context.context(of: index) else { throw .expired }
    return ProofEnvelope(
      suite: group.suite, circuitName: group.circuitName, context: context,
      commitments: [group.commitments[index]], proof: group.proof)
  }

  private static func claims(of group: GroupEnvelope) -> GroupVerdict {
    let claims = group.context.members.indices.compactMap { index in
      (try? envelope(index, of: group)).map { ProofClaim($0) }
    }
    return claims.count == group.commitments.count ? .accepted(claims) : .rejected(.proofInvalid, member: nil)
  }
}

extension RejectionReason {
  /// Whether the reason is about the account, and not about what it shares with the others of its group.
  fileprivate var isOfAccount: Bool {
    switch self {
    case .unknownAccount, .staleSequence, .unknownState, .commitmentMismatch: true
    default: false
    }
  }
}
