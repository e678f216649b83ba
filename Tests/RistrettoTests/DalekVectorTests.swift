import Ristretto
import Testing

/// Twenty scalars and points with what curve25519-dalek computes from them.
struct DalekVectors: Decodable {
  let scalars, scalarWideInput, scalarSums, scalarProducts, scalarInverses: [HexBytes]
  let points, pointUniformInput, pointSums, products, basepointProducts, prefixSums: [HexBytes]
  let sum: HexBytes

  enum CodingKeys: String, CodingKey, CaseIterable {
    case scalars
    case scalarWideInput = "scalar_wide_input"
    case scalarSums = "scalar_add_s_i_s_i+1"
    case scalarProducts = "scalar_mul_s_i_s_i+1"
    case scalarInverses = "scalar_invert"
    case points
    case pointUniformInput = "point_uniform_input"
    case pointSums = "point_add_P_i_P_i+1"
    case products = "products_s_i_P_i"
    case basepointProducts = "basepoint_mul"
    case prefixSums = "msm_prefix"
    case sum = "msm"
  }
}

@Suite("Agreement with curve25519-dalek")
struct DalekVectorTests {
  let vectors: DalekVectors
  let scalars: [Scalar]
  let points: [Point]

  init() throws {
    vectors = try loadVectors("dalek-group-and-msm", as: DalekVectors.self)
    scalars = try vectors.scalars.map { try Scalar(canonicalBytes: $0.bytes) }
    points = try vectors.points.map { try EncodedPoint($0.bytes).decoded() }
  }

  @Test("every field of the file is checked here")
  func everyField() throws {
    let fields = try loadVectors("dalek-group-and-msm", as: [String: FieldShape].self).keys
    #expect(Set(fields) == Set(DalekVectors.CodingKeys.allCases.map(\.rawValue)))
    #expect(scalars.count == 20 && points.count == 20)
  }

  private struct FieldShape: Decodable {
    init(from decoder: any Decoder) throws {}
  }

  @Test("64 bytes reduce to the scalars")
  func wideReduction() {
    #expect(vectors.scalarWideInput.map { Scalar(reducing: $0.bytes) } == scalars)
  }

  @Test("sums, products and inverses of scalars")
  func scalarArithmetic() throws {
    for i in 0..<20 {
      let next = scalars[(i + 1) % 20]
      #expect((scalars[i] + next).encoded() == vectors.scalarSums[i].bytes)
      #expect((scalars[i] * next).encoded() == vectors.scalarProducts[i].bytes)
      #expect(try scalars[i].inverse().encoded() == vectors.scalarInverses[i].bytes)
    }
  }

  @Test("64 bytes map to the points")
  func hashToGroup() {
    for i in 0..<20 {
      let point = Point(uniformBytes: vectors.pointUniformInput[i].bytes)
      #expect(point.encoded().bytes == vectors.points[i].bytes)
    }
  }

  @Test("sums of points and products with scalars")
  func pointArithmetic() {
    for i in 0..<20 {
      #expect((points[i] + points[(i + 1) % 20]).encoded().bytes == vectors.pointSums[i].bytes)
      #expect((scalars[i] * points[i]).encoded().bytes == vectors.products[i].bytes)
      #expect(
        points[i].multipliedVariableTime(by: scalars[i]).encoded().bytes
          == vectors.products[i].bytes)
      #expect((scalars[i] * .basepoint).encoded().bytes == vectors.basepointProducts[i].bytes)
    }
  }

  @Test("multi-scalar multiplications of every prefix", arguments: 0...20)
  func prefixSums(count: Int) {
    let s = Array(scalars[..<count])
    let P = Array(points[..<count])
    let expected = vectors.prefixSums[count].bytes
    let prepared = PreparedPoints(P)
    #expect(Point.multiscalarMultiplication(s.span, P).encoded().bytes == expected)
    #expect(Point.multiscalarMultiplication(s.span, bits: 253, prepared).encoded().bytes == expected)
    #expect(Point.multiscalarMultiplicationVariableTime(s, P).encoded().bytes == expected)
  }

  @Test("the multi-scalar multiplication of all")
  func wholeSum() {
    #expect(
      Point.multiscalarMultiplicationVariableTime(scalars, points).encoded().bytes
        == vectors.sum.bytes)
  }
}
