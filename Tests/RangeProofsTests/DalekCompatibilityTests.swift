import Merlin
import RangeProofs
import Ristretto
import TestSupport
import Testing

/// Known answers of the dalek `bulletproofs` crate, versions 1.0.0 and 5.0.0.
@Suite("Range proofs of the dalek crate")
struct DalekCompatibilityTests {
  @Test("every proof is accepted, and leaves the transcript where dalek leaves it", arguments: ["v1", "v5"])
  func accepted(version: String) throws {
    let file = try DalekFile.load(version)
    let all = try Vectors.load("dalek/range_proof_challenges.json", as: DalekChallenges.self)
    let challenges = version == "v1" ? all.dalek_hardcoded_rangeproofs : all.dalek_rangeproofs
    #expect(file.all.count == challenges.count)
    for (vector, challenge) in zip(file.all, challenges) {
      var transcript = file.transcript()
      let (points, width) = (try vector.points, try vector.width)
      try vector.rangeProof.verify(points, width: width, transcript: &transcript)
      let final = transcript.challengeBytes(count: 32, label: "kat-final")
      #expect(Hex.encode(final) == challenge.kat_final_32)
    }
  }

  @Test("every mutation dalek rejects is rejected, single and in a batch that names it")
  func mutations() throws {
    let file = try DalekFile.load("v5")
    for vector in file.all {
      let width = try vector.width
      var batch = RangeProofBatch()
      batch.add(
        try vector.rangeProof, commitments: try vector.points, width: width,
        transcript: file.transcript())
      let mutations = (vector.bitFlipped ?? []) + (vector.others ?? [])
      #expect(mutations.count == 17)
      for mutation in mutations {
        let proof = RangeProof(bytes: try Hex.decode(mutation.proof))
        let points = try (mutation.commitments ?? vector.commitments).map {
          try EncodedPoint(Hex.decode($0))
        }
        var transcript = file.transcript()
        if let what = mutation.what, what.hasPrefix("transcript label") {
          transcript = Transcript(label: Array("KAT range proof!".utf8))
        }
        batch.add(proof, commitments: points, width: width, transcript: transcript)
        #expect(throws: RangeVerificationError.self) {
          try proof.verify(points, width: width, transcript: &transcript)
        }
      }
      let verdicts = try batch.verify()
      #expect(verdicts[0] == nil)
      #expect(verdicts.dropFirst().allSatisfy { $0 != nil })
    }
  }

  @Test("a proof for a value out of range is rejected")
  func outOfRange() throws {
    let file = try DalekFile.load("v5")
    for item in try #require(file.outOfRange) {
      let width = try #require(RangeWidth(rawValue: item.n))
      let points = try item.commitments.map { try EncodedPoint(Hex.decode($0)) }
      let proof = RangeProof(bytes: try Hex.decode(item.proof))
      var transcript = file.transcript()
      #expect(throws: RangeVerificationError.equationFails) {
        try proof.verify(points, width: width, transcript: &transcript)
      }
    }
  }

  @Test("B, B̃ and the chains are dalek's")
  func generators() throws {
    let file = try Vectors.load("dalek/generators.json", as: DalekGenerators.self)
    let generators = RangeGenerators.standard
    #expect(Hex.encode(generators.value.encoded().bytes) == file.B)
    #expect(Hex.encode(generators.blinding.encoded().bytes) == file.B_blinding)
    let (G, H) = generators.vectors(parties: file.parties.count, length: 8)
    #expect(G.map { Hex.encode($0.encoded().bytes) } == file.parties.flatMap(\.G))
    #expect(H.map { Hex.encode($0.encoded().bytes) } == file.parties.flatMap(\.H))
  }

  @Test("a commitment to dalek's value and blinding is dalek's")
  func commitments() throws {
    for vector in try DalekFile.load("v5").all {
      let (values, blindings) = (try #require(vector.values), try #require(vector.blindings))
      for (j, value) in values.enumerated() {
        let blinding = try Scalar(canonicalBytes: Hex.decode(blindings[j]))
        let V = RangeGenerators.standard.commit(to: try #require(UInt64(value)), blinding: blinding)
        #expect(Hex.encode(V.bytes) == vector.commitments[j])
      }
    }
  }
}
