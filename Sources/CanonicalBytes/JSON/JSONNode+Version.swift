extension JSONNode {
  /// The version that a document states, or the last one that is read if it states none.
  ///
  /// Asked for before the other members: a document of another version may have others, and what is wrong
  /// with it is its version. That there is none is left to the reader of the members, who then reports all
  /// that are missing at once; `version` is one of those that it requires.
  ///
  /// - Parameter known: the versions that the caller reads.
  /// - Throws: ``DocumentProblem/unsupportedVersion(_:known:)`` for any other value under `version`,
  ///   ``DocumentProblem/wrongKind(expected:found:)`` unless this is an object.
  public func version(in known: ClosedRange<Int64>) throws(DocumentError) -> Int64 {
    guard case .object(let members) = value else { throw wrongKind(.object) }
    guard let stated = members.first(where: { $0.key.utf8.elementsEqual("version".utf8) }) else {
      return known.upperBound
    }
    let node = JSONNode(stated.value, at: path.appending(stated.key))
    guard case .number = stated.value, let version = try? node.integer(in: .min ... .max),
      known.contains(version)
    else {
      let text = String(decoding: stated.value.encoded(), as: UTF8.self)
      throw node.failure(.unsupportedVersion(String(text.prefix(64)), known: known))
    }
    return version
  }

  /// The members of a document of one version that has these and no others, besides `version`.
  ///
  /// - Throws: what ``version(in:)`` throws, before what ``object(required:optional:)`` throws.
  public func object(
    version: Int64, required: [String], optional: [String] = []
  ) throws(DocumentError) -> JSONObject {
    _ = try self.version(in: version...version)
    return try object(required: ["version"] + required, optional: optional)
  }
}
