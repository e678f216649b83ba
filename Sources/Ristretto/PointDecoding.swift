extension Point {
  /// The point that `encoding` encodes: RFC 9496, section 4.3.1.
  init(decoding encoding: EncodedPoint) throws(DecodingError) {
    // The number must be its own reduction, which refuses p and above as well as bit 255, and be even.
    let s = FieldElement(words: encoding.words)
    guard s.words == encoding.words, encoding.words.w0 & 1 == 0 else { throw .notCanonical }

    // u₁ = 1 − s², u₂ = 1 + s², v = −d·u₁² − u₂²
    let ss = s.squared()
    let u1 = FieldElement.one - ss
    let u2 = FieldElement.one + ss
    let u2Squared = u2.squared()
    let v = (-(FieldElement.d * u1.squared()) - u2Squared).carried
    // I = 1/√(v·u₂²)
    let (wasSquare, I) = FieldElement.squareRoot(ofRatio: .one, v * u2Squared)
    // x = |2s·I·u₂|, y = u₁·I²·u₂·v
    let denominatorX = u2 * I
    let denominatorY = I * denominatorX * v
    let x = ((s + s) * denominatorX).absoluteValue
    let y = u1 * denominatorY
    let t = x * y
    guard wasSquare.revealed, !t.isNegative.revealed, !y.isZero.revealed else { throw .notAPoint }
    self.init(X: x, Y: y, Z: .one, T: t)
  }
}
