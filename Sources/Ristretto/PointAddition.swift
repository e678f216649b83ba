// The forms a curve point takes on its way through a sum, after Hisil, Wong, Carter, Dawson
// (eprint 2008/522), section 3.1, with a = −1:
//
//   Point            X, Y, Z, T             what is kept ProjectivePoint  X, Y, Z                enough for
//   doubling CachedPoint      Y + X, Y − X, 2Z, 2dT  a second summand, prepared AffinePoint      y + x, y −
//   x, 2dxy     the same with Z = 1: one multiplication less CompletedPoint   E, F, G, H             a sum
//   before its last products: X = E·F, Y = G·H, Z = F·G, T = E·H
//
// A sum costs 8 multiplications (7 for an AffinePoint), a doubling 4 squarings and 4 multiplications, one
// less if the result is only doubled again.

/// A point of the curve without its product coordinate: x = X/Z, y = Y/Z.
struct ProjectivePoint: BitwiseCopyable {
  let X, Y, Z: FieldElement

  @inline(__always)
  init(X: FieldElement, Y: FieldElement, Z: FieldElement) {
    self.X = X
    self.Y = Y
    self.Z = Z
  }

  @inline(__always)
  init(_ point: Point) {
    self.init(X: point.X, Y: point.Y, Z: point.Z)
  }

  @inline(__always)
  static var identity: ProjectivePoint { ProjectivePoint(X: .zero, Y: .one, Z: .one) }

  /// `2·self`. 4 squarings.
  @inline(__always)
  func doubled() -> CompletedPoint {
    let A = X.squared()
    let B = Y.squared()
    let halfC = Z.squared()
    let S = (X + Y).squared()
    // E = A + B − (X + Y)² = −2XY, G = A − B, F = 2Z² + G, H = A + B
    return CompletedPoint(
      E: .sum(A, B, minus: S), F: .twice(halfC, plus: A, minus: B), G: A - B, H: A + B)
  }
}

/// A point given by the factors of its coordinates.
struct CompletedPoint: BitwiseCopyable {
  let E, F, G, H: LooseFieldElement

  @inline(__always)
  init(E: LooseFieldElement, F: LooseFieldElement, G: LooseFieldElement, H: LooseFieldElement) {
    self.E = E
    self.F = F
    self.G = G
    self.H = H
  }

  /// The point in extended coordinates. 4 multiplications.
  @inline(__always)
  var extended: Point { Point(X: E * F, Y: G * H, Z: F * G, T: E * H) }

  /// The point in projective coordinates. 3 multiplications.
  @inline(__always)
  var projective: ProjectivePoint { ProjectivePoint(X: E * F, Y: G * H, Z: F * G) }
}

/// A point prepared as second summand.
struct CachedPoint: BitwiseCopyable {
  /// Y + X, Y − X, 2Z.
  let sum, difference, twiceZ: LooseFieldElement
  /// 2d·T
  let product: FieldElement

  @inline(__always)
  init(
    sum: LooseFieldElement, difference: LooseFieldElement, twiceZ: LooseFieldElement,
    product: FieldElement
  ) {
    self.sum = sum
    self.difference = difference
    self.twiceZ = twiceZ
    self.product = product
  }

  @inline(__always)
  init(_ point: Point) {
    self.init(
      sum: point.Y + point.X, difference: point.Y - point.X, twiceZ: point.Z + point.Z,
      product: point.T * .twiceD)
  }
}

/// A point with Z = 1 prepared as second summand.
struct AffinePoint: BitwiseCopyable {
  /// y + x, y − x.
  let sum, difference: LooseFieldElement
  /// 2d·x·y
  let product: FieldElement

  @inline(__always)
  init(sum: LooseFieldElement, difference: LooseFieldElement, product: FieldElement) {
    self.sum = sum
    self.difference = difference
    self.product = product
  }

  @inline(__always)
  static var identity: AffinePoint {
    AffinePoint(
      sum: FieldElement.one.loose, difference: FieldElement.one.loose, product: .zero)
  }

  /// −P
  @inline(__always)
  var negated: AffinePoint {
    AffinePoint(sum: difference, difference: sum, product: -product)
  }

  /// - Parameter point: a point with Z = 1.
  @inline(__always)
  init(normalized point: Point) {
    self.init(
      sum: point.Y + point.X, difference: point.Y - point.X, product: point.T * .twiceD)
  }
}

extension Point {
  /// The point in extended coordinates, with Z = 4. 1 multiplication.
  @inline(__always)
  init(_ point: AffinePoint) {
    let (sum, difference) = (point.sum.carried, point.difference.carried)
    let twiceX = (sum - difference).carried
    let twiceY = (sum + difference).carried
    self.init(
      X: (twiceX + twiceX).carried, Y: (twiceY + twiceY).carried, Z: FieldElement(4, 0, 0, 0, 0),
      T: twiceX * twiceY)
  }

  // With A = (Y₁ − X₁)(Y₂ − X₂), B = (Y₁ + X₁)(Y₂ + X₂), C = 2d·T₁T₂, D = 2Z₁Z₂:
  // E = B − A, F = D − C, G = D + C, H = B + A. To subtract, X₂ and T₂ change sign: the sums and
  // differences of the second point change places, and so do F and G.

  @inline(__always)
  func adding(_ q: CachedPoint) -> CompletedPoint {
    let A = (Y - X) * q.difference
    let B = (Y + X) * q.sum
    let C = T * q.product
    let D = Z * q.twiceZ
    return CompletedPoint(E: B - A, F: D - C, G: D + C, H: B + A)
  }

  @inline(__always)
  func subtracting(_ q: CachedPoint) -> CompletedPoint {
    let A = (Y - X) * q.sum
    let B = (Y + X) * q.difference
    let C = T * q.product
    let D = Z * q.twiceZ
    return CompletedPoint(E: B - A, F: D + C, G: D - C, H: B + A)
  }

  @inline(__always)
  func adding(_ q: AffinePoint) -> CompletedPoint {
    let A = (Y - X) * q.difference
    let B = (Y + X) * q.sum
    let C = T * q.product
    return CompletedPoint(E: B - A, F: .twice(Z, minus: C), G: .twice(Z, plus: C), H: B + A)
  }

  @inline(__always)
  func subtracting(_ q: AffinePoint) -> CompletedPoint {
    let A = (Y - X) * q.sum
    let B = (Y + X) * q.difference
    let C = T * q.product
    return CompletedPoint(E: B - A, F: .twice(Z, plus: C), G: .twice(Z, minus: C), H: B + A)
  }
}
