internal import CRistretto
internal import Synchronization

/// Points that many sums share, such as generators, with tables that are made when they are first worth it.
///
/// | table | for | size for each point | made |
/// |---|---|---|---|
/// | multiples 1·P … 16·P, of portable code 1·P … 8·P | secret scalars | 1,920 bytes, 960 bytes | at the first sum |
/// | 2^(c·w)·P, 0 ≤ w < ⌈252/c⌉ | public scalars | 128·⌈252/c⌉ bytes: 4 KB at 128 points (c = 8), 2.7 KB at 4,096 (c = 12) | at the third sum |
///
/// A table belongs to this object, is never changed once it is made, and serves all threads. A short list has
/// rows for the windows of each longer list that it is summed with. Portable code has no rows and sums public
/// multiples as those of any points, with equal results.
package final class FixedPoints: Sendable {
  /// The points, with Z = 1.
  package let points: [Point]
  private let prepared = Mutex<PreparedPoints?>(nil)
  private let multiples = Mutex<LazyTable>(LazyTable())
  /// By c.
  private let rows = Mutex<[Int: LazyTable]>([:])
  /// c, for the rows of all points together. In a sum over two lists both have the rows of the longer one.
  private let windowBits: Int

  /// Takes points; no table is made yet.
  package init(_ points: [Point]) {
    self.points = Point.normalized(points)
    windowBits = Self.windowBits(count: points.count)
  }

  /// The number of points.
  package var count: Int { points.count }

  /// The window that makes 7M·n·⌈252/c⌉ + 17M·2^(c−1) smallest: all windows share one set of buckets.
  private static func windowBits(count n: Int) -> Int {
    func cost(_ c: Int) -> Int {
      (Scalar.balancedBits + c - 1) / c * 7 * n + 17 << (c - 1)
    }
    return (4...15).min { cost($0) < cost($1) } ?? 8
  }

  /// The sums over these points with public scalars after which rows are worth their making: that takes as
  /// long as a few such sums.
  private static let sumsBeforeRows = 2
}

// MARK: - Tables

/// A table of a kernel, shared by reference.
private final class KernelTable: Sendable {
  let memory: KernelMemory

  init(_ memory: consuming KernelMemory) {
    self.memory = memory
  }
}

/// A table, or how often it was asked for so far.
private struct LazyTable: Sendable {
  var table: KernelTable?
  var requests = 0
}

extension FixedPoints {
  /// The multiples of all points, made now if they were not.
  private func multiplesTable() -> KernelTable? {
    multiples.withLock { lazy in
      if lazy.table == nil {
        lazy.table = makeMultiples()
      }
      return lazy.table
    }
  }

  /// The rows of all points for a window, if they were asked for often enough; made now if they were not.
  private func rowsTable(windowBits c: Int) -> KernelTable? {
    rows.withLock { tables in
      var lazy = tables[c, default: LazyTable()]
      lazy.requests += 1
      if lazy.table == nil, lazy.requests > Self.sumsBeforeRows { lazy.table = makeRows(windowBits: c) }
      tables[c] = lazy
      return lazy.table
    }
  }

  /// Rows with their window: those that are there, or the list's own if they were asked for often enough.
  private func anyRowsTable() -> (table: KernelTable, windowBits: Int)? {
    let known = rows.withLock { tables in
      tables.filter { $0.value.table != nil }.min { $0.key < $1.key }
    }
    if let known, let table = known.value.table { return (table, known.key) }
    return rowsTable(windowBits: windowBits).map { ($0, windowBits) }
  }

  private func makeMultiples() -> KernelTable? {
    guard let memory = KernelMemory(cristretto_multiples.self, count: count) else { return nil }
    let all = points
    unsafe all.span.withKernelPoints { points in
      unsafe cristretto_table_multiples(count, points, memory.values(cristretto_multiples.self))
    }
    return KernelTable(memory)
  }

  private func makeRows(windowBits: Int) -> KernelTable? {
    let c = UInt32(windowBits)
    let (rowCount, overflow) = count.multipliedReportingOverflow(by: cristretto_window_count(c))
    guard !overflow, rowCount < 1 << 25,
      let memory = KernelMemory(cristretto_row.self, count: rowCount)
    else { return nil }
    let all = points
    unsafe all.span.withKernelPoints { points in
      unsafe cristretto_table_rows(count, points, c, memory.values(cristretto_row.self))
    }
    return KernelTable(memory)
  }

  /// The multiples for portable code, made now if they were not.
  private func preparedPoints() -> PreparedPoints {
    prepared.withLock { prepared in
      if let prepared { return prepared }
      let new = PreparedPoints(points)
      prepared = new
      return new
    }
  }
}

// MARK: - Sums

extension FixedPoints {
  /// `Σ sᵢ·P_{start + i}`. Time depends only on the number of scalars and the public bound.
  ///
  /// - Parameters:
  ///   - scalars: secret, each < 2^bits. The caller answers for it.
  ///   - bits: 1 … 253 (precondition).
  ///   - start: the first point, public; there are enough from it on (precondition).
  package func sum(
    _ scalars: borrowing Span<Scalar>, bits: Int = StrausConstantTime.fullBits, from start: Int = 0
  ) -> Point {
    precondition(start >= 0 && scalars.count <= count - start, "as many points as scalars")
    precondition((1...StrausConstantTime.fullBits).contains(bits), "1 ≤ bits ≤ 253")
    guard !scalars.isEmpty else { return .identity }
    if Kernels.areInUse, let table = multiplesTable(),
      let scratch = KernelMemory(
        byteCount: cristretto_multiples_scratch_size(), holdsSecrets: true)
    {
      let scalarCount = scalars.count
      return unsafe Point.fromKernel { sum in
        unsafe scalars.withKernelScalars { scalars in
          unsafe cristretto_multiples_sum(
            scalarCount, scalars, UInt32(bits),
            table.memory.values(cristretto_multiples.self) + start, scratch.start, sum)
        }
      }
    }
    return Point.multiscalarMultiplication(
      scalars, bits: bits, preparedPoints()[start..<start + scalars.count])
  }

  /// The sum over one list or two by their rows, for public scalars; `nil` if they are not made yet. The
  /// digits of two lists are sorted into one set of buckets.
  fileprivate static func sumByRowsVariableTime(
    _ lists: [(points: FixedPoints, scalars: [Scalar])]
  ) -> Point? {
    guard let c = lists.map(\.points.windowBits).max(), lists.count <= 2 else { return nil }
    // Asked of each, so that all are made at the same sum.
    let tables = lists.map { $0.points.rowsTable(windowBits: c) }
    guard let first = tables[0], let second = tables[tables.count - 1] else { return nil }
    let (a, b) = (lists[0].scalars, tables.count > 1 ? lists[1].scalars : [])
    let (aCount, bCount, size) = (a.count, b.count, UInt32(c))
    guard let scratch = KernelMemory(byteCount: cristretto_table_scratch_size(aCount, bCount, size))
    else { return nil }
    return unsafe Point.fromKernel { sum in
      unsafe a.span.withKernelScalars { scalars in
        let part = unsafe cristretto_table_part(
          n: aCount, scalars: scalars, rows: first.memory.values(cristretto_row.self),
          distance: lists[0].points.count)
        func add(_ others: UnsafePointer<cristretto_scalar>?) {
          let other = unsafe cristretto_table_part(
            n: bCount, scalars: others, rows: second.memory.values(cristretto_row.self),
            distance: lists[tables.count - 1].points.count)
          unsafe cristretto_table_sum_variable_time(part, other, size, scratch.start, sum)
        }
        if b.isEmpty {
          add(nil)
        } else {
          unsafe b.span.withKernelScalars { unsafe add($0) }
        }
      }
    }
  }
}

// MARK: - Folding

extension FixedPoints {
  /// `Σₖ sₖ·P_j`, j = `index(i, k)`, for every i < count, for public scalars, by the rows.
  ///
  /// - Parameters:
  ///   - scalars: s.
  ///   - index: which point, one of these (precondition), or `nil` for the identity.
  /// - Returns: `nil` if the rows are not made yet, or not to be had.
  /// - Complexity: for each sum 50 additions for each scalar, and 8·c more: a third less than
  ///   ``Point/foldVariableTime(_:count:step:gap:by:)`` for eight scalars.
  package func foldVariableTime(
    count: Int, by scalars: [Scalar], _ index: (_ i: Int, _ k: Int) -> Int?
  ) -> [Point]? {
    guard Kernels.areInUse, count > 0, !scalars.isEmpty, let (table, windowBits) = anyRowsTable(),
      let scratch = KernelMemory(byteCount: cristretto_table_fold_scratch_size(scalars.count))
    else { return nil }
    var indices: [UInt32] = []
    indices.reserveCapacity(count * scalars.count)
    for k in scalars.indices {
      for i in 0..<count {
        guard let j = index(i, k) else {
          indices.append(CRISTRETTO_NO_ROW)
          continue
        }
        precondition(points.indices.contains(j), "one of the points")
        indices.append(UInt32(j))
      }
    }
    return unsafe Point.arrayFromKernel(count: count) { sums in
      unsafe scalars.span.withKernelScalars { factors in
        unsafe cristretto_table_fold_variable_time(
          count, scalars.count, factors, table.memory.values(cristretto_row.self), self.count,
          UInt32(windowBits), indices, scratch.start, sums)
      }
    }
  }
}

extension Point {
  /// `Σ sᵢ·Pᵢ` over shared points and others together, for public scalars: what a verifier computes.
  ///
  /// - Parameters:
  ///   - shared: at most two lists of shared points that are not empty, with scalars for the first of them
  ///     (precondition: no more than points). More have no tables.
  ///   - scalars: scalars of the other points.
  ///   - points: as many other points (precondition).
  package static func multiscalarMultiplicationVariableTime(
    _ shared: [(points: FixedPoints, scalars: [Scalar])], _ scalars: [Scalar] = [],
    _ points: [Point] = []
  ) -> Point {
    precondition(shared.allSatisfy { $0.scalars.count <= $0.points.count }, "enough points")
    precondition(scalars.count == points.count, "as many scalars as points")
    let lists = shared.filter { !$0.scalars.isEmpty }
    if Kernels.areInUse, let sum = FixedPoints.sumByRowsVariableTime(lists) {
      return points.isEmpty ? sum : sum + multiscalarMultiplicationVariableTime(scalars, points)
    }
    var restOfScalars = scalars
    var restOfPoints = points
    for (list, factors) in lists {
      for (factor, point) in zip(factors, list.points) where !factor.isZero {
        restOfScalars.append(factor)
        restOfPoints.append(point)
      }
    }
    return multiscalarMultiplicationVariableTime(restOfScalars, restOfPoints)
  }
}
