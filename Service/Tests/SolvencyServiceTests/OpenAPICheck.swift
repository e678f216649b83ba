import CanonicalBytes
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import SolvencyService

/// Compares answers with the OpenAPI document: the status is one that the route has, the media type is the
/// status's, and the content follows its schema.
enum OpenAPICheck {
  static func check(_ response: TestResponse, to method: HTTPRequest.Method, _ target: String) {
    let path = String(target.split(separator: "?", maxSplits: 1)[0])
    let verb = method == .head ? "get" : method.rawValue.lowercased()
    let matching = SolvencyServer.endpoints.filter { Gatekeeper.matches($0.path, path) }
    // A literal path counts before one with parameters.
    let best = matching.sorted { $0.path.count { $0 == "{" } < $1.path.count { $0 == "{" } }
    guard let endpoint = best.first(where: { $0.method.rawValue.lowercased() == verb }) else {
      // What the document does not have is refused, and nothing else.
      #expect([400, 404, 405].contains(response.status.code), "\(verb) \(path): \(response.status)")
      return
    }
    let document = OpenAPIDocument.json
    guard let operation = member(document, "paths", endpoint.path, verb),
      let answer = member(operation, "responses", "\(response.status.code)"),
      case .object(let contents)? = member(answer, "content")
    else {
      Issue.record("\(verb) \(path) answers \(response.status.code), which the document does not have")
      return
    }
    let type = OpenAPIDocument.mediaType(response.headers[.contentType] ?? "")
    guard let schema = contents.first(where: { $0.key == type }).flatMap({ member($0.value, "schema") })
    else {
      Issue.record(
        "\(verb) \(path) answers \(response.status.code) as \(type), which the document does not have")
      return
    }
    guard method != .head else { return }
    switch type {
    case "application/json", Problem.mediaType:
      guard let value = response.json?.value else {
        Issue.record("\(verb) \(path): the answer is not JSON")
        return
      }
      for fault in faults(value, schema, "") {
        Issue.record("\(verb) \(path) \(response.status.code): \(fault)")
      }
    case "application/x-ndjson":
      for line in response.text.split(separator: "\n") {
        guard let value = try? JSONDocument.parse(Array(line.utf8), maximumBytes: 1 << 22).value else {
          Issue.record("\(verb) \(path): a line is not JSON")
          return
        }
        for fault in faults(value, schema, "") { Issue.record("\(verb) \(path): \(fault)") }
      }
    default: break
    }
    if response.status.code >= 400, type == Problem.mediaType, let code = response.code {
      let known = ProblemList.all.first { $0.code == code }
      #expect(known != nil, "\(code) is not in the list of problems")
      #expect(known?.status == response.status.code, "\(code)")
    }
  }

  static func member(_ value: JSONValue, _ path: String...) -> JSONValue? {
    path.reduce(value) { value, name in
      guard case .object(let members)? = value as JSONValue? else { return nil }
      return members.first { $0.key == name }?.value
    }
  }

  /// What a value has that its schema does not allow: the part of JSON Schema that the document uses.
  static func faults(_ value: JSONValue, _ schema: JSONValue, _ place: String) -> [String] {
    if case .string(let reference)? = member(schema, "$ref") {
      let name = String(reference.split(separator: "/").last ?? "")
      guard let target = OpenAPISchemas.all.first(where: { $0.name == name })?.schema else {
        return ["\(place): \(reference) is nowhere"]
      }
      return faults(value, target, place)
    }
    var found: [String] = []
    if case .array(let choices)? = member(schema, "oneOf") {
      let fitting = choices.count { faults(value, $0, place).isEmpty }
      if fitting != 1 { found.append("\(place): fits \(fitting) of the choices: \(value)") }
    }
    if let constant = member(schema, "const"), constant != value {
      found.append("\(place): is not \(constant)")
    }
    if case .array(let words)? = member(schema, "enum"), !words.contains(value) {
      found.append("\(place): \(value) is none of \(words)")
    }
    if let type = member(schema, "type") {
      let names: [JSONValue] = if case .array(let names) = type { names } else { [type] }
      if !names.contains(where: { matches(value, $0) }) { found.append("\(place): \(value) is not \(type)") }
    }
    if case .string(let pattern)? = member(schema, "pattern"), case .string(let text) = value,
      (try? Regex(pattern).wholeMatch(in: text)) == nil
    {
      found.append("\(place): \(text) does not match \(pattern)")
    }
    if case .array(let elements) = value {
      if let items = member(schema, "items") {
        for (index, element) in elements.enumerated() {
          found += faults(element, items, "\(place)[\(index)]")
        }
      }
      if case .number(let least)? = member(schema, "minItems"), elements.count < Int(least) ?? 0 {
        found.append("\(place): has \(elements.count) elements")
      }
    }
    if case .object(let members) = value {
      var known: [JSONMember] = []
      if case .object(let properties)? = member(schema, "properties") { known = properties }
      if case .array(let required)? = member(schema, "required") {
        for case .string(let name) in required where !members.contains(where: { $0.key == name }) {
          found.append("\(place): lacks \(name)")
        }
      }
      for entry in members {
        if let property = known.first(where: { $0.key == entry.key }) {
          found += faults(entry.value, property.value, place + "/" + entry.key)
        } else if member(schema, "additionalProperties") == .bool(false) {
          found.append("\(place): has \(entry.key)")
        }
      }
    }
    return found
  }

  private static func matches(_ value: JSONValue, _ type: JSONValue) -> Bool {
    switch (value, type) {
    case (.null, "null"), (.bool, "boolean"), (.string, "string"), (.array, "array"), (.object, "object"),
      (.number, "number"):
      true
    case (.number(let text), "integer"): !text.contains { ".eE".contains($0) }
    default: false
    }
  }
}
