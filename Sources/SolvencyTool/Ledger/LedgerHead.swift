internal import Admission
internal import AdmissionStore
internal import ArgumentParser
internal import CanonicalBytes
internal import CommandSupport
internal import MarginRules
internal import Solvency

/// `solvency ledger head`
struct LedgerHead: Verb {
  static let configuration = CommandConfiguration(
    commandName: "head",
    abstract: "Show the signed head of a ledger's log, and write it to a file.",
    discussion: """
      The holder of a signed head can show later that the log before it was changed: \
      `audit replay --head` takes it.

        solvency ledger head --ledger desk -o head.json
      """)

  @OptionGroup var ledger: LedgerOption

  @Option(
    name: [.customShort("o"), .customLong("output")], help: "Where the head is written.",
    completion: .file(extensions: ["json"]))
  var file: String?

  @Flag(help: "Replace a file that is there.")
  var force = false

  @OptionGroup var output: OutputOptions

  func perform() throws -> Report {
    let folder = try ledger.folder()
    let store = try folder.store()
    guard let signed = try ToolFailure.wrapping(ledger.path, { try store.head() }) else {
      throw ToolFailure(.refused, ledger.path, "is empty: there is no log yet")
    }
    let head = try ToolFailure.wrapping(ledger.path) {
      try signed.content(verifiedBy: folder.parties.venue)
    }
    if let file {
      try OutputFile.write(
        signed.json.encoded(.indented), to: file, access: .everybody, replacing: force)
    }
    let written = file.map { "\n  written  \($0)" } ?? ""
    return Report(
      text: "\(ledger.path): \(head.count) entries, \(head.digest)\(written)",
      data: [
        "entries": .integer(head.count), "head": .string(head.digest.description),
        "signedHead": signed.json, "file": file.map { .string($0) } ?? .null,
      ])
  }
}

extension Documents {
  private static let headByteLimit = 64 << 20

  /// The signed heads in a file: one as `ledger head` writes it, or those of what a command printed with
  /// --json, such as the receipts of `admit`.
  static func signedHeads(_ path: String) throws(ToolFailure) -> [SignedLogHead] {
    let root = try read(path, headByteLimit) { bytes in
      try JSONDocument.parse(bytes, maximumBytes: headByteLimit)
    }
    let elements: [JSONValue]
    if case .array(let several) = root.value { elements = several } else { elements = [root.value] }
    var heads: [SignedLogHead] = []
    for element in elements {
      guard case .object(let members) = element else { continue }
      let receipt = members.first { $0.key == "signedHead" }
      // A refused request has no receipt.
      if receipt == nil, members.contains(where: { $0.key == "verdict" }) { continue }
      heads.append(
        try ToolFailure.wrapping(path) { try SignedLogHead(JSONNode(receipt?.value ?? element)) })
    }
    guard !heads.isEmpty else {
      throw ToolFailure(
        .malformedInput, InputFile.name(path),
        "holds no signed head; name what `ledger head -o` or `admit --json` wrote")
    }
    return heads
  }
}
