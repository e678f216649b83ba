package import Ristretto

/// Randomness for a prover that stays secret even if the system's random bytes do not.
///
/// It depends on the transcript so far, on the prover's witness and on fresh system randomness. Were the
/// system's generator broken, or a fixed one, two different statements or witnesses would still never
/// share a blinding.
///
///     transcript ──▶ RandomnessSource ── rekey(witness)* ──▶ finalized(system) ──▶ TranscriptRandomness
///
/// The state lives in one block of guarded memory that is wiped at the end. The transcript itself is not
/// changed.
/// - SeeAlso: <https://merlin.cool>, "Transcript-based RNGs".
package struct TranscriptRandomness: ~Copyable {
  private var state: SecretBlock<Strobe128<KeccakState>>

  fileprivate init(_ state: consuming SecretBlock<Strobe128<KeccakState>>) {
    self.state = state
  }

  /// Draws bytes into `output`.
  package mutating func fill(_ output: inout MutableSpan<UInt8>) {
    state.withMutableSpan { state in
      state[0].appendMeta(length: output.count)
      state[0].squeeze(into: &output)
    }
  }

  /// Draws bytes. The array is not wiped: for secrets, ``scalar()`` or ``fill(_:)``.
  package mutating func bytes(count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var span = bytes.mutableSpan
    fill(&span)
    return bytes
  }

  /// Draws a uniform scalar: 64 bytes, read in little-endian order and reduced mod ℓ. They are wiped.
  package mutating func scalar() -> Scalar {
    var bytes = ScratchBuffer(repeating: 0 as UInt8, count: Scalar.wideByteCount)
    bytes.withMutableSpan { fill(&$0) }
    return bytes.withSpan { Scalar(reducing: $0) }
  }

  /// Draws uniform scalars, each from 64 bytes of its own as ``scalar()`` does, several at a time: two
  /// permutations make five. The bytes are wiped.
  package mutating func fill(_ scalars: inout MutableSpan<Scalar>) {
    let (width, together) = (Scalar.wideByteCount, 5)
    var bytes = ScratchBuffer(repeating: 0 as UInt8, count: together * width)
    var index = 0
    while scalars.count - index >= together {
      bytes.withMutableSpan { fill(&$0) }
      for k in 0..<together {
        scalars[index + k] = bytes.withSpan {
          Scalar(reducing: $0.extracting((width * k)..<(width * (k + 1))))
        }
      }
      index += together
    }
    for rest in index..<scalars.count { scalars[rest] = scalar() }
  }
}

/// A transcript on its way to ``TranscriptRandomness``: it takes the secrets, and then randomness.
package struct RandomnessSource: ~Copyable {
  private var state: SecretBlock<Strobe128<KeccakState>>

  fileprivate init(_ strobe: Strobe128<KeccakState>) {
    state = SecretBlock(repeating: strobe, count: 1)
  }

  /// Takes in a part of the witness, as its bytes in memory.
  ///
  /// - Parameter witness: values of a type without padding.
  package mutating func rekey<Element: BitwiseCopyable>(
    with witness: Span<Element>, label: StaticString
  ) {
    let bytes = unsafe witness.bytes._unsafeView(as: UInt8.self)
    state.withMutableSpan { state in
      label.withBytes { state[0].appendMeta($0) }
      state[0].continueMeta(length: bytes.count)
      state[0].rekey(bytes)
    }
  }

  /// Takes in 32 bytes of system randomness, and is then ready.
  ///
  /// The bytes are not wiped: who finds them lacks the witness.
  package consuming func finalized(
    systemBytes: [UInt8] = SystemRandom.bytes(32)
  ) -> TranscriptRandomness {
    precondition(systemBytes.count == 32, "32 bytes of system randomness are needed")
    let label: StaticString = "rng"
    state.withMutableSpan { state in
      label.withBytes { state[0].appendMeta($0) }
      state[0].rekey(systemBytes.span)
    }
    return TranscriptRandomness(state)
  }
}

extension Transcript {
  /// The start of randomness that depends on this transcript as it stands.
  package func randomnessSource() -> RandomnessSource {
    RandomnessSource(strobe)
  }

  /// Randomness that depends on this transcript as it stands, on a witness and on the system.
  ///
  /// - Parameter witness: values of a type without padding.
  package func randomness<Element: BitwiseCopyable>(
    rekeyedWith witness: Span<Element>, label: StaticString = "witness",
    systemBytes: [UInt8] = SystemRandom.bytes(32)
  ) -> TranscriptRandomness {
    var source = randomnessSource()
    source.rekey(with: witness, label: label)
    return source.finalized(systemBytes: systemBytes)
  }
}
