/// A property that did not hold for an input.
package struct FuzzFailure: Error, CustomStringConvertible {
  /// What did not hold.
  package let description: String

  /// A failure in these words.
  package init(_ description: String) {
    self.description = description
  }
}
