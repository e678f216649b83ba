internal import ExactIntegers
internal import Ristretto

/// The secret values of all cells of a circuit, in one guarded block that is wiped at the end.
final class SecretCells {
  private var block: SecretBlock<Int256>

  init(count: Int) {
    block = SecretBlock(repeating: .zero, count: count)
  }

  subscript(cell: Int) -> Int256 {
    get { block[cell] }
    set { block[cell] = newValue }
  }
}
