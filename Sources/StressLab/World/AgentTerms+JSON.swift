internal import CanonicalBytes

extension AgentTerms {
  /// Reads the member `agents` of the file of a venue; what is missing is standard.
  init(_ node: JSONNode) throws(DocumentError) {
    let object = try node.object(
      required: [],
      optional: [
        "liquidatorLatency", "liquidatorCapital", "arbitrageCapital", "arbitrageCost", "whales",
        "publicationInterval", "publicationIsRandom", "frontRunnerSize", "frontRunnerCost",
        "frontRunnerExpectation",
      ])
    self.init()
    liquidatorLatency = try object.optional("liquidatorLatency")?.integer(in: 0...86_400) ?? 0
    liquidatorCapital = try object.optional("liquidatorCapital")?.number(within: 0...1e3)
    arbitrageCapital = try object.optional("arbitrageCapital")?.number(within: 0...1e9) ?? arbitrageCapital
    arbitrageCost = try object.optional("arbitrageCost")?.number(within: 0...1) ?? arbitrageCost
    if let steps: Int64 = try object.optional("publicationInterval")?.integer(in: 1...10_000) {
      publicationInterval = Int(steps)
    }
    isPublicationRandom = try object.optional("publicationIsRandom")?.bool() ?? false
    frontRunnerSize = try object.optional("frontRunnerSize")?.number(within: 0...1e3) ?? frontRunnerSize
    frontRunnerCost = try object.optional("frontRunnerCost")?.number(within: 0...1) ?? frontRunnerCost
    frontRunnerExpectation =
      try object.optional("frontRunnerExpectation")?.number(within: 0...1) ?? frontRunnerExpectation
    if let member = object.optional("whales") { whales = try WhaleTerms(member) }
  }
}

extension WhaleTerms {
  init(_ node: JSONNode) throws(DocumentError) {
    let object = try node.object(
      required: ["count"], optional: ["share", "longShare", "leverage", "stopLoss", "pace"])
    self.init()
    count = Int(try object["count"].integer(in: 0...1_000) as Int64)
    share = try object.optional("share")?.number(within: 0...0.9) ?? share
    longShare = try object.optional("longShare")?.number(within: 0...1) ?? longShare
    leverage = try object.optional("leverage")?.number(within: 1...1e3) ?? leverage
    stopLoss = try object.optional("stopLoss")?.number(within: 0...1) ?? stopLoss
    pace = try object.optional("pace")?.number(within: 0...1e9) ?? pace
  }
}

extension JSONNode {
  /// A number in a range.
  func number(within range: ClosedRange<Double>) throws(DocumentError) -> Double {
    let value = try number()
    guard range.contains(value) else {
      throw failure(.outOfRange("\(value)", lower: "\(range.lowerBound)", upper: "\(range.upperBound)"))
    }
    return value
  }
}
