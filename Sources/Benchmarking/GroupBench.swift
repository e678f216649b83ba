internal import Merlin
internal import Ristretto

/// The group and the transcript.
package struct GroupBench {
  package let stopwatch: Stopwatch

  package init(stopwatch: Stopwatch) {
    self.stopwatch = stopwatch
  }

  package func measurements() -> [Stopwatch.Measurement] {
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
    for count in [16, 64, 256, 1_024, 16_384] {
      let scalars = (0..<count).map { _ in Scalar.random() }
      let encodings = (0..<count).map { _ in randomPoint().encoded() }
      // With Z = 1, as points that were decoded are.
      let points = DecodedPoints(encodings).points
      if count <= 256 {
        all.append(
          stopwatch.measure("sum of \(count) products, constant time") {
            Point.multiscalarMultiplication(scalars.span, points)
          })
      }
      let sum = stopwatch.measure("sum of \(count) products, variable time") {
        Point.multiscalarMultiplicationVariableTime(scalars, points)
      }
      all.append(sum)
      if count == 16_384 {
        all.append(sum.shared(by: count, as: "sum of \(count) products, variable time, each"))
        all.append(
          stopwatch.measure("decoding") { DecodedPoints(encodings) }
            .shared(by: count, as: "decoding of \(count) points together, each"))
      }
      if count == 1_024 {
        let fixed = FixedPoints(points)
        for _ in 0..<3 {
          // The tables of shared points are made after a few sums.
          _ = Point.multiscalarMultiplicationVariableTime([(points: fixed, scalars: scalars)])
        }
        all.append(
          stopwatch.measure("sum of \(count) products over shared points, constant time") {
            fixed.sum(scalars.span)
          })
        all.append(
          stopwatch.measure("sum of \(count) products over shared points, variable time") {
            Point.multiscalarMultiplicationVariableTime([(points: fixed, scalars: scalars)])
          })
      }
    }
    return all
  }

  private func randomPoint() -> Point { Point(uniformBytes: SystemRandom.bytes(Point.uniformByteCount)) }
}
