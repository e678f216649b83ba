internal import CanonicalBytes
internal import HTTPTypes

/// The OpenAPI document, made of the same list as the router.
///
/// - SeeAlso: OpenAPI Specification 3.1.0.
enum OpenAPIDocument {
  static let encoded = json.encoded(.indented)

  static let version = "1.0.0"

  static var json: JSONValue {
    [
      "openapi": "3.1.0",
      "info": [
        "title": "solvencyd", "version": .string(version),
        "summary": "Solvency proofs and a venue's desk over HTTP.",
        "description": .string(
          "Proofs are verified and requests decided on in batches. Every error is a problem document (RFC 9457) with a "
            + "code that stays the same between versions; `/docs` lists the codes."),
        "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
      ],
      "servers": [["url": "/"]],
      "paths": paths,
      "components": [
        "schemas": .object(OpenAPISchemas.all.map { JSONMember($0.name, $0.schema) }),
        "securitySchemes": [
          "token": [
            "type": "http", "scheme": "bearer",
            "description": "A token that the operator gave out, with one or more roles.",
          ],
          "basic": [
            "type": "http", "scheme": "basic",
            "description": "For browsers: any name, and a token for the password. For reading alone.",
          ],
          "certificate": [
            "type": "mutualTLS", "description": "A client's certificate that the operator has listed.",
          ],
        ],
      ],
    ]
  }

  private static var paths: JSONValue {
    var paths: [(String, [JSONMember])] = []
    for endpoint in SolvencyServer.endpoints {
      let operation = JSONMember(endpoint.method.rawValue.lowercased(), operation(endpoint))
      if let place = paths.firstIndex(where: { $0.0 == endpoint.path }) {
        paths[place].1.append(operation)
      } else {
        paths.append((endpoint.path, [operation]))
      }
    }
    return .object(paths.map { JSONMember($0.0, .object($0.1)) })
  }

  private static func operation(_ endpoint: Endpoint) -> JSONValue {
    var members: [JSONMember] = [
      JSONMember("operationId", .string(endpoint.name)), JSONMember("tags", [.string(endpoint.tag)]),
      JSONMember("summary", .string(endpoint.summary)),
    ]
    if let role = endpoint.role {
      members.append(JSONMember("description", .string("Needs the role `\(role.rawValue)`.")))
      var ways: [JSONValue] = [["token": []], ["certificate": []]]
      if endpoint.method == .get { ways.append(["basic": []]) }
      members.append(JSONMember("security", .array(ways)))
    }
    if !endpoint.parameters.isEmpty {
      members.append(
        JSONMember(
          "parameters",
          .array(
            endpoint.parameters.map {
              [
                "name": .string($0.name), "in": .string($0.place.rawValue),
                "required": .bool($0.place == .path),
                "schema": $0.schema, "description": .string($0.text),
              ]
            })))
    }
    if let content = endpoint.content {
      members.append(
        JSONMember(
          "requestBody",
          [
            "required": .bool(content.isRequired),
            "description": .string("\(content.text) At most \(content.limit) bytes."),
            "content": .object(content.types.map { JSONMember($0, ["schema": schema(content.schema)]) }),
          ]))
    }
    members.append(JSONMember("responses", .object(responses(endpoint))))
    return .object(members)
  }

  private static func responses(_ endpoint: Endpoint) -> [JSONMember] {
    var members = endpoint.answers.map { answer in
      JSONMember(
        "\(answer.status)",
        [
          "description": .string(answer.text),
          "content": .object([JSONMember(mediaType(answer.type), ["schema": answer.schema])]),
        ])
    }
    for status in problems(of: endpoint) where !endpoint.answers.contains(where: { $0.status == status }) {
      members.append(
        JSONMember(
          "\(status)",
          [
            "description": .string(reason(status)),
            "content": .object([JSONMember(Problem.mediaType, ["schema": schema("Problem")])]),
          ]))
    }
    return members
  }

  /// The statuses of the problems that a route has.
  static func problems(of endpoint: Endpoint) -> [Int] {
    // Paths, limits and a server that stops are the same for all.
    var statuses: Set<Int> = [400, 429, 500, 503]
    statuses.formUnion(endpoint.problems)
    // A token that is not known is refused wherever it is shown.
    statuses.insert(401)
    if endpoint.role != nil { statuses.insert(403) }
    if endpoint.content != nil { statuses.formUnion([408, 413, 415]) }
    if !endpoint.parameters.filter({ $0.place == .path }).isEmpty { statuses.insert(404) }
    return statuses.sorted()
  }

  /// A media type without its parameters.
  static func mediaType(_ type: String) -> String {
    String(type.split(separator: ";")[0])
  }

  private static func reason(_ status: Int) -> String { HTTPResponse.Status(code: status).reasonPhrase }
}
