import Merlin
import Ristretto
import TestSupport
import Testing

@Suite("Transcript of points and scalars")
struct TranscriptRistrettoTests {
  @Test("a point is appended as its bytes, even when they encode none")
  func points() throws {
    for bytes in [Point.basepoint.encoded().bytes, [UInt8](repeating: 0xFF, count: 32)] {
      var (point, message) = (Transcript("test"), Transcript("test"))
      point.append(try EncodedPoint(bytes), label: "P")
      message.append(bytes, label: "P")
      #expect(
        point.challengeBytes(count: 32, label: "c") == message.challengeBytes(count: 32, label: "c"))
    }
  }

  @Test("a scalar is appended as its canonical encoding")
  func scalars() {
    var (scalar, message) = (Transcript("test"), Transcript("test"))
    scalar.append(Scalar(258 as UInt64), label: "s")
    message.append([2, 1] + [UInt8](repeating: 0, count: 30), label: "s")
    #expect(
      scalar.challengeBytes(count: 32, label: "c") == message.challengeBytes(count: 32, label: "c"))
  }

  @Test("a scalar challenge is 64 challenge bytes reduced")
  func challenges() {
    var (scalar, bytes) = (Transcript("test"), Transcript("test"))
    for _ in 0..<20 {
      #expect(
        scalar.challengeScalar(label: "c")
          == Scalar(reducing: bytes.challengeBytes(count: 64, label: "c")))
    }
  }
}
