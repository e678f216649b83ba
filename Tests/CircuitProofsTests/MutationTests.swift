import CircuitProofs
import ExactIntegers
import ProofCore
import Ristretto
import TestSupport
import Testing

/// Every byte of a proof and everything it is about is changed, one at a time.
@Suite("Changed proofs and statements")
struct MutationTests {
  @Test(arguments: Shape.allCases)
  func `A2: one flipped bit in any byte of any field is rejected`(_ shape: Shape) throws {
    let proved = try ProvedShapes[shape]
    #expect(proved.verdict == nil)
    let names = proved.fieldNames
    #expect(names.count * 32 == proved.proof.bytes.count)
    for (field, name) in names.enumerated() {
      for byte in 0..<32 {
        let changed = CircuitProof(
          bytes: flipping(proved.proof.bytes, byte: 32 * field + byte, bit: UInt8((byte + field) % 8)))
        let verdict = proved.example.verdict(changed, proved.commitments)
        switch verdict {
        case .equationFails: break
        case .undecodable(field: let at, _): #expect(at == field)
        default: Issue.record("\(name) byte \(byte): \(String(describing: verdict))")
        }
      }
    }
  }

  @Test(arguments: Shape.allCases)
  func `A2: every pair of different fields exchanged is rejected`(_ shape: Shape) throws {
    let proved = try ProvedShapes[shape]
    let fields = stride(from: 0, to: proved.proof.bytes.count, by: 32).map {
      Array(proved.proof.bytes[$0..<($0 + 32)])
    }
    for i in fields.indices {
      for j in fields.indices where i < j {
        var changed = fields
        changed.swapAt(i, j)
        let proof = CircuitProof(bytes: changed.flatMap { $0 })
        #expect(proved.example.verdict(proof, proved.commitments) != nil)
      }
    }
  }

  @Test(arguments: Shape.allCases)
  func `A2: each field replaced by the identity, by zero or by another valid value is rejected`(
    _ shape: Shape
  )
    throws
  {
    let proved = try ProvedShapes[shape]
    let pointCount = 4 + 2 * proved.example.statement.layout.rounds
    for (field, name) in proved.fieldNames.enumerated() {
      let zero = [UInt8](repeating: 0, count: 32)
      let other =
        field < pointCount ? Point.basepoint.encoded().bytes : Scalar.random().encoded()
      for replacement in [zero, other] {
        var bytes = proved.proof.bytes
        bytes.replaceSubrange((32 * field)..<(32 * field + 32), with: replacement)
        let verdict = proved.example.verdict(CircuitProof(bytes: bytes), proved.commitments)
        #expect(verdict == .equationFails, "\(name)")
      }
    }
  }

  @Test(arguments: Shape.allCases)
  func `A43: any other length is rejected by its length`(_ shape: Shape) throws {
    let proved = try ProvedShapes[shape]
    let bytes = proved.proof.bytes
    let wrong: [[UInt8]] =
      [
        [], [0], bytes + [0], bytes + bytes, Array(bytes.dropFirst()),
        bytes + [UInt8](repeating: 0, count: 32),
      ]
      + [1, 31, 32, 64].map { Array(bytes.dropLast($0)) }
    for changed in wrong {
      #expect(
        proved.example.verdict(CircuitProof(bytes: changed), proved.commitments)
          == .wrongProofLength(expected: bytes.count, actual: changed.count))
    }
  }

  @Test
  func `A43: each way a field does not decode has its own error`() throws {
    let proved = try ProvedShapes[.twoCommitments]
    let order = try #require(Scalar.order.littleEndianBytes(count: 32))
    let p = try #require((Integer.powerOfTwo(255) - 19).littleEndianBytes(count: 32))
    // Even and below p, but no element is encoded by it.
    let notAPoint = try #require(
      (1..<128).map { [UInt8(2 * $0)] + [UInt8](repeating: 0, count: 31) }.first { bytes in
        (try? EncodedPoint(bytes).decoded()) == nil
      })
    let pointCount = 4 + 2 * proved.example.statement.layout.rounds
    for field in proved.fieldNames.indices {
      let cases: [([UInt8], DecodingError)] =
        field < pointCount
        ? [
          (p, .notCanonical), ([1] + [UInt8](repeating: 0, count: 31), .notCanonical),
          ([UInt8](repeating: 0xff, count: 32), .notCanonical),
          ([UInt8](repeating: 0, count: 31) + [0x80], .notCanonical), (notAPoint, .notAPoint),
        ]
        : [
          (order, .notCanonical), ([UInt8](repeating: 0xff, count: 32), .notCanonical),
          ([UInt8](repeating: 0, count: 31) + [0x80], .notCanonical),
        ]
      for (encoding, error) in cases {
        var bytes = proved.proof.bytes
        bytes.replaceSubrange((32 * field)..<(32 * field + 32), with: encoding)
        let verdict = proved.example.verdict(CircuitProof(bytes: bytes), proved.commitments)
        #expect(verdict == .undecodable(field: field, error))
      }
    }
    for (encoding, error) in [(p, DecodingError.notCanonical), (notAPoint, .notAPoint)] {
      let V = [proved.commitments[0], try EncodedPoint(encoding)]
      #expect(
        proved.example.verdict(proved.proof, V) == .undecodableCommitment(index: 1, error))
    }
  }

  @Test(arguments: Shape.allCases)
  func `A43: random bytes of any length never trap and are never accepted`(_ shape: Shape) throws {
    let proved = try ProvedShapes[shape]
    var random = SplitMix64(seed: 43)
    for round in 0..<200 {
      let length =
        round.isMultiple(of: 2) ? proved.proof.bytes.count : Int.random(in: 0..<2000, using: &random)
      let proof = CircuitProof(bytes: random.bytes(length))
      #expect(proved.example.verdict(proof, proved.commitments) != nil)
      // Canonical fields: what is left is the equation.
      var bytes = proved.proof.bytes
      for _ in 0..<(1 + round % 4) {
        let at = 32 * Int.random(in: 0..<(bytes.count / 32), using: &random)
        let from = 32 * Int.random(in: 0..<(bytes.count / 32), using: &random)
        bytes.replaceSubrange(at..<(at + 32), with: proved.proof.bytes[from..<(from + 32)])
      }
      if bytes != proved.proof.bytes {
        #expect(proved.example.verdict(CircuitProof(bytes: bytes), proved.commitments) != nil)
      }
    }
    let zeros = CircuitProof(bytes: [UInt8](repeating: 0, count: proved.proof.bytes.count))
    #expect(proved.example.verdict(zeros, proved.commitments) == .equationFails)
  }

  @Test(arguments: Shape.allCases)
  func `A7: another context is rejected, also one that shares a prefix`(_ shape: Shape) throws {
    let proved = try ProvedShapes[shape]
    let context = proved.example.context
    let others: [[UInt8]] =
      [[], context + [0], Array(context.dropLast()), Array(context.reversed()), context + context]
      + context.indices.map { flipping(context, byte: $0) }
    for other in others {
      #expect(
        proved.example.verdict(proved.proof, proved.commitments, context: other) == .equationFails)
    }
  }

  @Test
  func `A38: the same bytes divided otherwise between context and commitments are rejected`() throws {
    let proved = try ProvedShapes[.twoCommitments]
    let (context, V) = (proved.example.context, proved.commitments)
    #expect(
      proved.example.verdict(proved.proof, [V[1]], context: context + V[0].bytes)
        == .wrongCommitmentCount(expected: 2, actual: 1))
    let all = context + V[0].bytes + V[1].bytes
    for shift in 1...context.count {
      let rest = Array(all.prefix(context.count - shift))
      let moved = try (0..<2).map { i in
        try EncodedPoint(Array(all.dropFirst(rest.count + 32 * i).prefix(32)))
      }
      #expect(proved.example.verdict(proved.proof, moved, context: rest) != nil)
    }
  }

  @Test(arguments: Shape.allCases)
  func `A6: another suite is rejected, also for commitments made under it`(_ shape: Shape) throws {
    let proved = try ProvedShapes[shape]
    for name in ["", "Default", "default\0", "defaul"] {
      var other = proved.example
      other.suiteName = name
      #expect(other.verdict(proved.proof, proved.commitments) == .equationFails)
      #expect(other.verdict(proved.proof, try other.commitments()) == .equationFails)
    }
  }

  @Test(arguments: Shape.allCases)
  func `A1: other commitments are rejected: shifted, exchanged, missing, added`(_ shape: Shape) throws {
    let proved = try ProvedShapes[shape]
    let V = proved.commitments
    for i in V.indices {
      for shift in [Point.basepoint, Generators.standard.blinding[0], try Generators.standard.account(1)[0]] {
        var changed = V
        changed[i] = try (V[i].decoded() + shift).encoded()
        #expect(proved.example.verdict(proved.proof, changed) == .equationFails)
        changed[i] = Point.identity.encoded()
        #expect(proved.example.verdict(proved.proof, changed) == .equationFails)
        changed[i] = try (-V[i].decoded()).encoded()
        #expect(proved.example.verdict(proved.proof, changed) == .equationFails)
      }
    }
    if V.count > 1 { #expect(proved.example.verdict(proved.proof, V.reversed()) == .equationFails) }
    for wrong in [[], Array(V.dropLast()), V + [V[0]]] {
      #expect(
        proved.example.verdict(proved.proof, wrong)
          == .wrongCommitmentCount(expected: V.count, actual: wrong.count))
    }
  }

  @Test(arguments: [Shape.gatesAndRows, .twoCommitments])
  func `A1: every change of the statement is rejected, and changes its digest`(_ shape: Shape) throws {
    let proved = try ProvedShapes[shape]
    let (draft, base) = (proved.example.statement.draft, proved.example.statement.base)
    var digests: Set<[UInt8]> = [proved.example.statement.digest]
    var drafts: Set<StatementDraft> = [draft]
    for (name, changed) in draft.variations {
      let statement = try Statement(changed, base: base)
      digests.insert(statement.digest)
      drafts.insert(changed)
      let verdict = proved.example.verdict(proved.proof, proved.commitments, statement: statement)
      #expect(verdict != nil, "\(name)")
      let count = statement.commitmentCount
      if count != proved.commitments.count {
        #expect(verdict == .wrongCommitmentCount(expected: count, actual: proved.commitments.count))
      } else if statement.layout == proved.example.statement.layout {
        #expect(verdict == .equationFails, "\(name)")
      }
    }
    for other in DigitBase.allCases where other != base {
      let statement = try Statement(draft, base: other)
      digests.insert(statement.digest)
      #expect(
        proved.example.verdict(proved.proof, proved.commitments, statement: statement) != nil)
    }
    #expect(digests.count == drafts.count + DigitBase.allCases.count - 1)
  }
}

extension AffineForm {
  /// The form with one coefficient, one variable or the constant changed.
  fileprivate func variations(variables: Int) -> [AffineForm] {
    var all = [self + .constant(1), self + .constant(-1), scaled(by: -1)].filter { $0 != self }
    for v in 0..<variables {
      all.append(self + .variable(v))
      all.append(self - .variable(v))
    }
    for term in terms {
      all.append(self - AffineForm(terms: [term]))
      all.append(
        self - AffineForm(terms: [term])
          + AffineForm([(term.variable + 1) % variables: term.coefficient]))
    }
    return Array(Set(all.filter { !$0.isZero && $0 != self }))
  }
}

extension StatementDraft {
  /// The statement with one thing changed, for every thing there is.
  fileprivate var variations: [(String, StatementDraft)] {
    var all: [(String, StatementDraft)] = []
    func vary(_ name: String, _ change: (inout StatementDraft) -> Void) {
      var copy = self
      change(&copy)
      if copy != self { all.append((name, copy)) }
    }
    let A = variableBounds.count
    for i in 0..<A {
      vary("bound \(i) + 1") { $0.variableBounds[i] += 1 }
      vary("bound \(i) - 1") { $0.variableBounds[i] -= 1 }
    }
    for g in gates.indices {
      for left in gates[g].left.variations(variables: A + g) {
        vary("gate \(g) left") { $0.gates[g] = ProductGate(left: left, right: gates[g].right) }
      }
      for right in gates[g].right.variations(variables: A + g) {
        vary("gate \(g) right") { $0.gates[g] = ProductGate(left: gates[g].left, right: right) }
      }
      vary("gate \(g) sides") {
        $0.gates[g] = ProductGate(left: gates[g].right, right: gates[g].left)
      }
    }
    for j in rows.indices {
      for form in rows[j].form.variations(variables: A + gates.count) {
        vary("row \(j)") { $0.rows[j] = StatementRow(form: form, upperBound: rows[j].upperBound) }
      }
      vary("row \(j) bound") {
        $0.rows[j] = StatementRow(form: rows[j].form, upperBound: rows[j].upperBound + 1)
      }
      vary("row \(j) removed") { $0.rows.remove(at: j) }
      for i in 0..<j { vary("rows \(i), \(j) exchanged") { $0.rows.swapAt(i, j) } }
    }
    vary("row added") { $0.rows.append(StatementRow(form: .variable(0), upperBound: 0)) }
    for (i, link) in links.enumerated() {
      for (m, form) in link {
        for other in form.variations(variables: A + gates.count) {
          vary("link \(i) coordinate \(m)") { $0.links[i][m] = other }
        }
        vary("link \(i) without \(m)") { $0.links[i][m] = nil }
        for n in 0..<coordinateCount where n != m {
          vary("link \(i): \(m) exchanged with \(n)") {
            $0.links[i][m] = link[n]
            $0.links[i][n] = form
          }
        }
      }
      vary("link \(i) removed") { if $0.links.count > 1 { $0.links.remove(at: i) } }
    }
    vary("links exchanged") { $0.links.reverse() }
    vary("link added") { $0.links.append(links[0]) }
    vary("coordinate added") { $0.coordinateCount += 1 }
    vary("variable added") { $0.variableBounds.append(1) }
    return all
  }
}
