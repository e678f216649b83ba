internal import CSodium
internal import Merlin
internal import Ristretto

/// The group and the transcript, with libsodium's scalar multiplication as the yardstick.
struct GroupBench {
  let stopwatch = Stopwatch()

  /// What every other time is compared with.
  func yardstick() -> Stopwatch.Measurement {
    var product = [UInt8](repeating: 0, count: 32)
    let scalar = Scalar.random().encoded()
    let point = randomPoint().encoded().bytes
    return stopwatch.measure("libsodium scalar multiplication") {
      unsafe crypto_scalarmult_ristretto255(&product, scalar, point)
    }
  }

  func measurements() -> [Stopwatch.Measurement] {
    let scalar = Scalar.random()
    let (P, Q) = (randomPoint(), randomPoint())
    // Each step needs the one before, so that none is left out.
    var (product, sum) = (Scalar.random(), P)
    let encoded = P.encoded()
    let wide = SystemRandom.bytes(Point.uniformByteCount)
    var transcript = Transcript("solvency/bench")
    var all = [
      stopwatch.measure("scalar product") { product *= scalar },
      stopwatch.measure("point addition") { sum += Q },
      stopwatch.measure("point decoding") { try? encoded.decoded() },
      stopwatch.measure("point encoding") { P.encoded() },
      stopwatch.measure("hash to point") { Point(uniformBytes: wide) },
      stopwatch.measure("scalar multiplication, constant time") { scalar * P },
      stopwatch.measure("scalar multiplication, variable time") {
        P.multipliedVariableTime(by: scalar)
      },
      stopwatch.measure("transcript, one point and one challenge") {
        transcript.append(encoded, label: "P")
        return transcript.challengeScalar(label: "c")
      },
    ]
    for count in [16, 64, 256, 1_024] {
      let scalars = (0..<count).map { _ in Scalar.random() }
      let points = (0..<count).map { _ in randomPoint() }
      if count <= 256 {
        all.append(
          stopwatch.measure("sum of \(count) products, constant time") {
            Point.multiscalarMultiplication(scalars.span, points)
          })
      }
      all.append(
        stopwatch.measure("sum of \(count) products, variable time") {
          Point.multiscalarMultiplicationVariableTime(scalars, points)
        })
    }
    return all
  }

  private func randomPoint() -> Point { Point(uniformBytes: SystemRandom.bytes(Point.uniformByteCount)) }
}
