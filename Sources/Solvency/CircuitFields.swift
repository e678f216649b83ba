/// What a circuit may read of a snapshot: the reference of ``SnapshotParameters``.
public enum CircuitFields {
  /// One name.
  public struct Field: Hashable, Sendable {
    /// How it is reached from the root, lists as `[]`: `instruments[].long[].cap`.
    public let path: String
    /// What it is, with its unit.
    public let meaning: String

    init(_ path: String, _ meaning: String) { (self.path, self.meaning) = (path, meaning) }
  }

  /// Every name, in the order of the tree.
  public static let all: [Field] = [
    Field("epoch", "the number of the snapshot"),
    Field("theta", "multiplier of bracket margins for the kind of margin that is proved, ppm"),
    Field("beta", "multiplier of losses and contingency for the kind of margin that is proved, ppm"),
    Field("tiers", "multipliers of zones"),
    Field("tiers.maintenance", "ppm"),
    Field("tiers.initial", "ppm"),
    Field("tiers.closeOnly", "ppm"),
    Field("tiers.healthy", "on debt, for a collateral ratio, ppm"),
    Field("factors[]", "the factors of a value at risk; `index(f)` is the place in loadings"),
    Field("instruments[]", "the instruments, by name: `instruments[\"BTC-PERP\"]`"),
    Field("instruments[].bracketed", "1 if both sides have brackets, else 0"),
    Field("instruments[].markFloor", "value of one lot held, quanta"),
    Field("instruments[].markCeil", "value of one lot sold, quanta"),
    Field("instruments[].contLong", "contingency of one lot held, quanta"),
    Field("instruments[].contShort", "contingency of one lot sold, quanta"),
    Field("instruments[].feeExit", "cost of closing one lot, quanta"),
    Field("instruments[].long[]", "brackets of lots held, at least one"),
    Field("instruments[].long[].cap", "most lots in it, lots"),
    Field("instruments[].long[].margin", "margin of one lot for the kind, quanta"),
    Field("instruments[].short[]", "brackets of lots sold, at least one"),
    Field("instruments[].short[].cap", "most lots in it, lots"),
    Field("instruments[].short[].margin", "margin of one lot for the kind, quanta"),
    Field("instruments[].pnlLong[]", "gain of one lot held in each scenario of its group, quanta"),
    Field("instruments[].pnlShort[]", "gain of one lot sold in each scenario of its group, quanta"),
    Field("instruments[].factors[]", "loss of one lot as each factor moves, quanta; empty outside the model"),
    Field(
      "instruments[].attributes.NAME",
      "the venue's own number under a name that the snapshot declares; of language 2"),
    Field("collateral[]", "the assets, by name: `collateral[\"USDC\"]`"),
    Field("collateral[].tranches[]", "what holdings count, at least one"),
    Field("collateral[].tranches[].cap", "most lots in it, lots"),
    Field("collateral[].tranches[].value", "value of one lot for the kind, quanta"),
    Field("collateral[].debt", "what one lot owed takes from equity for the kind, quanta"),
    Field("collateral[].maxBorrow", "most lots that may be owed, lots"),
    Field(
      "collateral[].attributes.NAME",
      "the venue's own number under a name that the snapshot declares; of language 2"),
    Field("groups[]", "the scenario groups"),
    Field("groups[].instruments[]", "the instruments of the group, with the fields of `instruments[]`"),
    Field("groups[].scenarios[]", "the scenarios, in the order of gains"),
    Field("groups[].scenarios[].weight", "share of the loss that counts, already in the gains, ppm"),
    Field("groups[].scenarios[].price", "move of the price, ppm"),
    Field("groups[].scenarios[].vol", "move of volatility, ppm of a shock"),
  ]
}
