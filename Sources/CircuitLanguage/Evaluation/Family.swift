/// The elements of a `committed`, `advice` or `product` declaration. A cell is the place of an
/// element among all elements of the circuit, in declaration order, then index order.
///
/// The keys lead through a tree, one level for each index.
final class Family: Sendable {
  /// The keys that lead on from a place in the tree, if they are close together: consecutive entries of
  /// `next`.
  private struct Branch {
    let isID: Bool
    /// The least key.
    let base: Int
    let first: Int
    let count: Int
  }

  let name: String
  let elements: [(keys: [Key], cell: Int)]
  private let arity: Int
  private let branches: [Branch?]
  /// Where keys lead: to a place on the next level, or on the last one to a cell; −1 for keys that there are
  /// none of.
  private let next: [Int32]
  /// Where the keys of places without a branch lead.
  private let scattered: [FamilyBuilder.Edge: Int]

  init(_ builder: FamilyBuilder) {
    (name, elements, arity) = (builder.name, builder.elements, builder.arity)
    var reaches = [(low: Key, high: Key, count: Int)?](repeating: nil, count: builder.nodeCount)
    for edge in builder.next.keys {
      let reach = reaches[edge.node] ?? (edge.key, edge.key, 0)
      reaches[edge.node] = (
        edge.key.precedes(reach.low) ? edge.key : reach.low,
        reach.high.precedes(edge.key) ? edge.key : reach.high, reach.count + 1
      )
    }
    var length = 0
    let branches = reaches.map { reach -> Branch? in
      guard let reach, reach.low.isID == reach.high.isID else { return nil }
      let (width, overflow) = reach.high.value.subtractingReportingOverflow(reach.low.value)
      guard !overflow, width < 4 * reach.count else { return nil }
      defer { length += width + 1 }
      return Branch(isID: reach.low.isID, base: reach.low.value, first: length, count: width + 1)
    }
    var next = [Int32](repeating: -1, count: length)
    var scattered: [FamilyBuilder.Edge: Int] = [:]
    for (edge, target) in builder.next {
      if let branch = branches[edge.node] {
        next[branch.first + edge.key.value - branch.base] = Int32(target)
      } else {
        scattered[edge] = target
      }
    }
    (self.branches, self.next, self.scattered) = (branches, next, scattered)
  }

  /// Where walks begin.
  static var root: Int { 0 }

  /// The cell of a family without indices.
  var onlyCell: Int? { arity == 0 ? elements.first?.cell : nil }

  /// One step along a key: to the next level, or on the last one to the cell.
  func step(from node: Int, _ key: Key) -> Int? {
    guard let branch = branches[node] else { return scattered[FamilyBuilder.Edge(node: node, key: key)] }
    guard key.isID == branch.isID, key.value >= branch.base else { return nil }
    let (place, overflow) = key.value.subtractingReportingOverflow(branch.base)
    guard !overflow, place < branch.count else { return nil }
    let target = next[branch.first + place]
    return target < 0 ? nil : Int(target)
  }
}

/// A family while its elements are collected.
struct FamilyBuilder {
  let name: String
  let arity: Int
  private(set) var next: [Edge: Int] = [:]
  private(set) var nodeCount = 1
  private(set) var elements: [(keys: [Key], cell: Int)] = []

  struct Edge: Hashable {
    let node: Int
    let key: Key
  }

  init(name: String, arity: Int) { (self.name, self.arity) = (name, arity) }

  /// Adds an element.
  ///
  /// - Returns: whether it is new.
  mutating func insert(_ keys: [Key], cell: Int) -> Bool {
    if keys.isEmpty {
      guard elements.isEmpty else { return false }
      elements.append((keys, cell))
      return true
    }
    var node = Family.root
    for (level, key) in keys.enumerated() {
      let edge = Edge(node: node, key: key)
      if level == keys.count - 1 {
        guard next.updateValue(cell, forKey: edge) == nil else { return false }
        elements.append((keys, cell))
      } else if let known = next[edge] {
        node = known
      } else {
        next[edge] = nodeCount
        node = nodeCount
        nodeCount += 1
      }
    }
    return true
  }
}

extension Key {
  /// Numbers before ids, each by size.
  fileprivate func precedes(_ other: Key) -> Bool {
    isID == other.isID ? value < other.value : !isID
  }
}
