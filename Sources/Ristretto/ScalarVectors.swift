internal import CRistretto

// Vectors of scalars, in lanes where there are kernels and the vector is long enough. Nothing here depends on
// the values: time is that of the lengths.

// MARK: - Calling the kernels

extension Scalar {
  /// Shorter vectors are not worth the call of a kernel,
  private static let kernelCount = 8
  /// of one that prepares a factor first,
  private static let kernelFactorCount = 16
  /// or of the one that adds what is in its lanes at the end.
  private static let kernelSumCount = 32

  private static func useKernel(_ count: Int, from least: Int = kernelCount) -> Bool {
    count >= least && Kernels.areInUse
  }

  /// A vector of `count` > 0 scalars that a kernel stores.
  @unsafe
  private static func vector(
    count: Int, _ kernel: (UnsafeMutablePointer<cristretto_scalar>) -> Void
  ) -> [Scalar] {
    unsafe [Scalar](unsafeUninitializedCapacity: count) { buffer, initialized in
      guard let start = buffer.baseAddress else { return }
      unsafe kernel(UnsafeMutableRawPointer(start).assumingMemoryBound(to: cristretto_scalar.self))
      initialized = count
    }
  }

  /// This scalar as a kernel takes it.
  var kernelForm: cristretto_scalar { cristretto_scalar(words: (m0, m1, m2, m3)) }

  fileprivate init(kernelForm form: cristretto_scalar) {
    self.init(montgomery: form.words.0, form.words.1, form.words.2, form.words.3)
  }
}

extension [Scalar] {
  /// Calls `kernel` with the address of the scalars from `start` on, to change.
  @unsafe
  mutating func withKernelScalars(
    from start: Int, _ kernel: (UnsafeMutablePointer<cristretto_scalar>) -> Void
  ) {
    unsafe withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      unsafe kernel(
        UnsafeMutableRawPointer(base + start).assumingMemoryBound(to: cristretto_scalar.self))
    }
  }
}

// MARK: - Products

extension Scalar {
  /// `aᵢ·bᵢ` for every i.
  ///
  /// - Precondition: `a` and `b` have the same length.
  package static func products(_ a: [Scalar], _ b: [Scalar]) -> [Scalar] {
    precondition(a.count == b.count, "as many scalars on both sides")
    guard useKernel(a.count) else { return a.indices.map { a[$0] * b[$0] } }
    return unsafe vector(count: a.count) { out in
      unsafe a.span.withKernelScalars { x in
        unsafe b.span.withKernelScalars { y in
          unsafe cristretto_scalars_multiply(a.count, x, y, out)
        }
      }
    }
  }

  /// Replaces every `aᵢ` by `aᵢ·bᵢ`, in place: of secrets no copy is left.
  ///
  /// - Precondition: `a` and `b` have the same length.
  package static func multiply(_ a: inout MutableSpan<Scalar>, by b: borrowing Span<Scalar>) {
    let count = a.count
    precondition(count == b.count, "as many scalars on both sides")
    guard useKernel(count) else {
      for i in 0..<count { a[i] *= b[i] }
      return
    }
    unsafe b.withKernelScalars { factors in
      unsafe a.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        let all = unsafe UnsafeMutableRawPointer(base).assumingMemoryBound(to: cristretto_scalar.self)
        unsafe cristretto_scalars_multiply(count, all, factors, all)
      }
    }
  }

  /// `factor·aᵢ` for every i.
  package static func products(_ factor: Scalar, _ a: [Scalar]) -> [Scalar] {
    guard useKernel(a.count, from: kernelFactorCount) else { return a.map { factor * $0 } }
    var f = factor.kernelForm
    return unsafe vector(count: a.count) { out in
      unsafe a.span.withKernelScalars { x in
        unsafe cristretto_scalars_scale(a.count, &f, x, out)
      }
    }
  }

  /// Adds `factor·aᵢ` to `sums[start + i]` for every i.
  ///
  /// - Precondition: the sums are enough.
  package static func addProducts(
    _ factor: Scalar, _ a: [Scalar], to sums: inout [Scalar], from start: Int = 0
  ) {
    addProducts(factor, a.span, to: &sums, from: start)
  }

  /// The same for scalars anywhere.
  package static func addProducts(
    _ factor: Scalar, _ a: borrowing Span<Scalar>, to sums: inout [Scalar], from start: Int = 0
  ) {
    let count = a.count
    precondition(start >= 0 && count <= sums.count - start, "enough sums")
    guard useKernel(count, from: kernelFactorCount) else {
      for i in 0..<count { sums[start + i] += factor * a[i] }
      return
    }
    var f = factor.kernelForm
    unsafe sums.withKernelScalars(from: start) { sums in
      unsafe a.withKernelScalars { x in
        unsafe cristretto_scalars_add_scaled(count, &f, x, sums)
      }
    }
  }

  /// Adds `aᵢ·bᵢ` to `sums[start + i]` for every i.
  ///
  /// - Precondition: `a` and `b` have the same length, and the sums are enough.
  package static func addProducts(
    _ a: [Scalar], _ b: [Scalar], to sums: inout [Scalar], from start: Int = 0
  ) {
    precondition(a.count == b.count, "as many scalars on both sides")
    precondition(start >= 0 && a.count <= sums.count - start, "enough sums")
    guard useKernel(a.count) else {
      for i in a.indices { sums[start + i] += a[i] * b[i] }
      return
    }
    unsafe sums.withKernelScalars(from: start) { sums in
      unsafe a.span.withKernelScalars { x in
        unsafe b.span.withKernelScalars { y in
          unsafe cristretto_scalars_add_products(a.count, x, y, sums)
        }
      }
    }
  }

  /// `x·a₂ᵢ + y·a₂ᵢ₊₁` for every i: a vector of even length folded by its even and odd entries.
  package static func fold(_ a: [Scalar], by x: Scalar, _ y: Scalar) -> [Scalar] {
    precondition(a.count % 2 == 0, "every entry has a partner")
    let half = a.count / 2
    guard useKernel(half, from: kernelFactorCount) else {
      return (0..<half).map { x * a[2 * $0] + y * a[2 * $0 + 1] }
    }
    var (fx, fy) = (x.kernelForm, y.kernelForm)
    return unsafe vector(count: half) { out in
      unsafe a.span.withKernelScalars { a in
        unsafe cristretto_scalars_fold(half, &fx, &fy, a, out)
      }
    }
  }

  /// `⟨a, b⟩ = Σ aᵢ·bᵢ`.
  ///
  /// - Precondition: `a` and `b` have the same length.
  package static func innerProduct(_ a: [Scalar], _ b: [Scalar]) -> Scalar {
    innerProduct(a.span, b.span)
  }

  /// The same for secrets.
  package static func innerProduct(
    _ a: borrowing SecretBlock<Scalar>, _ b: borrowing SecretBlock<Scalar>
  ) -> Scalar {
    unsafe innerProduct(
      Span(_unsafeStart: a.base, count: a.count), Span(_unsafeStart: b.base, count: b.count))
  }

  /// The same for scalars anywhere.
  private static func innerProduct(_ a: borrowing Span<Scalar>, _ b: borrowing Span<Scalar>) -> Scalar {
    precondition(a.count == b.count, "as many scalars on both sides")
    guard useKernel(a.count, from: kernelSumCount) else {
      var sum = ProductSum()
      for i in 0..<a.count { sum.add(a[i], b[i]) }
      return sum.value
    }
    var sum = Scalar.zero.kernelForm
    unsafe a.withKernelScalars { x in
      unsafe b.withKernelScalars { y in
        unsafe cristretto_scalars_inner_product(a.count, x, y, &sum)
      }
    }
    return Scalar(kernelForm: sum)
  }
}

extension Scalar {
  /// Adds `weightᵢ·aᵢ` to `sums[i]` for every i.
  ///
  /// - Returns: `Σ weightᵢ·aᵢ²`.
  /// - Precondition: there are as many weights as scalars, and enough sums.
  package static func addWeighed(
    _ weights: [Scalar], _ a: [Scalar], to sums: inout [Scalar]
  ) -> Scalar {
    precondition(a.count == weights.count, "as many scalars on both sides")
    precondition(a.count <= sums.count, "enough sums")
    guard useKernel(a.count, from: kernelSumCount) else {
      let products = products(weights, a)
      for i in a.indices { sums[i] += products[i] }
      return innerProduct(products, a)
    }
    var total = Scalar.zero.kernelForm
    unsafe sums.withKernelScalars(from: 0) { sums in
      unsafe weights.span.withKernelScalars { x in
        unsafe a.span.withKernelScalars { y in
          unsafe cristretto_scalars_weigh(a.count, x, y, sums, &total)
        }
      }
    }
    return Scalar(kernelForm: total)
  }

  /// `Σ aᵢ`.
  package static func sum(_ a: borrowing Span<Scalar>) -> Scalar {
    var sum = ShortMultipleSum()
    for i in a.indices { sum.add(1, a[i]) }
    var total = MultipleSum()
    total.add(sum)
    return total.value
  }
}

// MARK: - Sequences

extension Scalar {
  /// `first, first·ratio, first·ratio², …`, `count` of them.
  package static func geometricSequence(from first: Scalar, ratio: Scalar, count: Int) -> [Scalar] {
    let known = Int(CRISTRETTO_FIRST_POWERS)
    guard useKernel(count, from: known + kernelFactorCount) else {
      return powers(from: first, ratio: ratio, count: count)
    }
    return unsafe [Scalar](unsafeUninitializedCapacity: count) { buffer, initialized in
      guard let start = buffer.baseAddress else { return }
      // Eight by iteration, and the others from these, so that few products wait for each other.
      var power = first
      for i in 0..<8 {
        unsafe (start + i).initialize(to: power)
        power *= ratio
      }
      var step = ratio.squared().squared().squared()
      for count in [8, 16] {
        for i in 0..<count { unsafe (start + count + i).initialize(to: start[i] * step) }
        step = step.squared()
      }
      var form = step.kernelForm
      unsafe cristretto_scalars_powers(
        count, &form, UnsafeMutableRawPointer(start).assumingMemoryBound(to: cristretto_scalar.self))
      initialized = count
    }
  }

  /// The sequence by iteration.
  private static func powers(from first: Scalar, ratio: Scalar, count: Int) -> [Scalar] {
    var power = first
    return (0..<count).map { _ in
      defer { power *= ratio }
      return power
    }
  }

  /// `first·Π_{k: bit k of i = 1} factors[k]` for i = 0, 1, … 2^factors.count − 1, by doubling what is there:
  /// one multiplication each.
  package static func subsetProducts(of factors: [Scalar], from first: Scalar) -> [Scalar] {
    var all = [first]
    all.reserveCapacity(1 << factors.count)
    for factor in factors { all += products(factor, all) }
    return all
  }

  /// `first·(1 + ratio + … + ratio^(count − 1))`, by doubling the number of terms.
  package static func geometricSum(from first: Scalar, ratio: Scalar, count: Int) -> Scalar {
    // With S(n) the sum of n powers: S(2n) = S(n)·(1 + ratioⁿ), S(n + 1) = 1 + ratio·S(n).
    var (sum, power) = (Scalar.zero, Scalar.one)
    for bit in stride(from: Int.bitWidth - count.leadingZeroBitCount - 1, through: 0, by: -1) {
      sum *= .one + power
      power = power.squared()
      if count >> bit & 1 == 1 {
        sum = .one + ratio * sum
        power *= ratio
      }
    }
    return first * sum
  }

  /// `Σ_{i < 2^rounds} ratioⁱ = (1 + ratio)·(1 + ratio²)·(1 + ratio⁴)⋯`.
  package static func geometricSum(ratio: Scalar, logarithmOfCount rounds: Int) -> Scalar {
    var (sum, power) = (Scalar.one, ratio)
    for _ in 0..<rounds {
      sum *= .one + power
      power = power.squared()
    }
    return sum
  }
}
