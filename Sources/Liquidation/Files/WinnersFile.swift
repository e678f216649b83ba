public import CanonicalBytes

/// A position that nobody takes, and those who can be closed against, as a file:
///
///     {"version": 1, "lots": 100, "deficit": quanta, "winners": [{"account": "a", "lots": 40, "gain": quanta,
///      "rank": ppm, or null for one who proved none}]}
public struct WinnersFile: Hashable, Sendable {
  /// The largest file that is read, in bytes.
  public static let byteLimit = 64 << 20

  /// The lots that nobody takes.
  public let lots: Int64
  /// What is missing, in quanta.
  public let deficit: Int64
  /// Those on the other side.
  public let winners: [Winner]

  /// Reads a file.
  ///
  /// - Throws: `DocumentError`.
  public init(json bytes: [UInt8]) throws(DocumentError) {
    let node = try JSONDocument.parse(bytes, maximumBytes: Self.byteLimit)
    let object = try node.object(version: 1, required: ["lots", "deficit", "winners"])
    var winners: [Winner] = []
    for element in try object["winners"].array(maximumCount: 1_000_000) {
      let winner = try element.object(required: ["account", "lots", "gain", "rank"])
      winners.append(
        Winner(
          account: try winner["account"].string(maximumLength: 128),
          lots: try winner["lots"].integer(in: 0...(1 << 40)),
          gain: try winner["gain"].integer(in: -(1 << 60)...(1 << 60)),
          rank: try winner["rank"].unlessNull?.integer(in: 0...Winner.unproven - 1) ?? Winner.unproven))
    }
    self.winners = winners
    lots = try object["lots"].integer(in: 0...(1 << 40))
    deficit = try object["deficit"].integer(in: 0...(1 << 60))
  }
}
