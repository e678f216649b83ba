internal import Admission
internal import CanonicalBytes
internal import Hummingbird
internal import SolvencyVerifier

/// The schemas of the document. Integers beyond 2⁵³ are decimal strings, for readers whose numbers are binary
/// fractions.
enum OpenAPISchemas {
  static let all: [(name: String, schema: JSONValue)] = [
    ("Digest", ["type": "string", "pattern": "^[0-9a-f]{64}$"]),
    ("Integer", ["type": ["integer", "string"], "pattern": "^-?[0-9]+$"]),
    (
      "Seconds",
      [
        "type": ["integer", "string"], "description": "Seconds since 1970.", "minimum": 0,
        "pattern": "^[0-9]+$",
      ]
    ),
    ("Name", ["type": "string", "minLength": 1, "maxLength": 128]),
    (
      "Problem",
      object(
        [
          ("type", ["type": "string"]), ("title", ["type": "string"]), ("status", ["type": "integer"]),
          ("detail", ["type": "string"]), ("code", ["type": "string", "pattern": "^[a-z-]+$"]),
        ],
        optional: [
          ("path", ["type": "string"]), ("line", ["type": "integer"]), ("column", ["type": "integer"]),
          ("parameter", ["type": "string"]), ("writer", ["type": "string"]),
        ])
    ),
    ("ProofEnvelope", proof),
    ("ProofLines", ["type": "string", "description": "One ProofEnvelope a line."]),
    (
      "ProofVerdict",
      ["oneOf": [accepted(["isLedgerCommitment": ["type": "boolean"]]), rejected([:])]]
    ),
    (
      "VerdictLine",
      [
        "oneOf": [
          accepted(["line": ["type": "integer", "minimum": 1]]),
          rejected(["line": ["type": "integer", "minimum": 1]]),
          object([("problem", schema("Problem"))]),
        ]
      ]
    ),
    (
      "Order",
      object([
        ("instrument", ["type": "string", "maxLength": 256]),
        ("side", ["type": "string", "enum": ["buy", "sell"]]),
        ("lots", schema("Integer")), ("cashPerLot", schema("Integer")),
        ("intent", ["type": "string", "enum": ["open", "reduce"]]),
      ])
    ),
    (
      "AdmissionRequest",
      object([
        ("version", ["const": 1]), ("salt", schema("Digest")), ("order", orNull(schema("Order"))),
        ("proof", schema("ProofEnvelope")),
      ])
    ),
    ("RequestLines", ["type": "string", "description": "One AdmissionRequest a line."]),
    ("Verdict", ["oneOf": .array(verdicts())]),
    (
      "DecisionLine",
      [
        "oneOf": .array(
          verdicts([("line", ["type": "integer", "minimum": 1])]) + [object([("problem", schema("Problem"))])]
        )
      ]
    ),
    (
      "Headroom",
      object([
        ("coordinate", ["type": "integer", "minimum": 0]),
        ("side", ["type": "string", "enum": ["buy", "sell"]]),
        ("lots", schema("Integer")), ("cashPerLot", schema("Integer")),
      ])
    ),
    ("SignedDocument", signed),
    (
      "Attestations",
      object([
        ("attestations", ["type": "array", "minItems": 1, "maxItems": 64, "items": schema("SignedDocument")])
      ])
    ),
    (
      "PublishedSnapshot",
      object([
        ("snapshot", ["type": "object", "description": "What `solvency snapshot build` wrote."]),
        ("endorsement", schema("SignedDocument")),
      ])
    ),
    (
      "Recorded",
      object(
        [("signedHead", schema("SignedDocument"))],
        optional: [("account", schema("Name")), ("epoch", schema("Integer")), ("snapshot", schema("Digest"))])
    ),
    (
      "Challenge",
      object([("account", schema("Name")), ("nonce", schema("Digest")), ("expires", schema("Seconds"))])
    ),
    (
      "Account",
      object([
        ("account", schema("Name")), ("status", status), ("registry", schema("Digest")),
        ("commitment", schema("Digest")),
        ("sequence", schema("Integer")), ("standing", orNull(schema("Standing"))),
        ("epoch", schema("Integer")),
        ("deadline", schema("Seconds")), ("attestedUntil", schema("Seconds")),
        ("lastProof", orNull(schema("Digest"))),
        ("headroom", orNull(schema("Headroom"))),
        (
          "escrow",
          orNull(
            object([
              ("package", schema("Digest")), ("sequence", schema("Integer")),
              ("needsRenewal", ["type": "boolean"]),
            ]))
        ),
      ])
    ),
    (
      "Standing",
      object([
        ("kind", ["type": "string", "enum": ["initial", "maintenance"]]), ("circuit", schema("Digest")),
        ("snapshot", schema("Digest")), ("epoch", schema("Integer")), ("registry", schema("Digest")),
        ("evidence", ["type": "string", "enum": ["proof", "segment"]]), ("request", schema("Digest")),
      ])
    ),
    (
      "AccountHeadroom",
      object([
        ("account", schema("Name")), ("status", status), ("headroom", orNull(schema("Headroom"))),
        ("until", orNull(schema("Seconds"))),
      ])
    ),
    (
      "AccountPage",
      object([
        (
          "accounts",
          [
            "type": "array",
            "items": object([
              ("account", schema("Name")), ("status", status), ("sequence", schema("Integer")),
              ("deadline", schema("Seconds")), ("epoch", schema("Integer")),
            ]),
          ]
        ), ("next", orNull(schema("Name"))),
      ])
    ),
    (
      "CircuitList",
      object([
        (
          "circuits",
          [
            "type": "array",
            "items": object([
              ("name", ["type": "string"]), ("version", ["type": "integer"]), ("digest", schema("Digest")),
              ("convexity", ["type": ["string", "null"]]),
            ]),
          ]
        )
      ])
    ),
    (
      "Registry",
      object([("digest", schema("Digest")), ("names", ["type": "array", "items": ["type": "string"]])])
    ),
    ("Note", ["type": "string", "description": "A signed note as C2SP has it."]),
    (
      "Witnessed",
      object([("size", schema("Integer")), ("witnesses", ["type": "array", "items": ["type": "string"]])])
    ),
    (
      "Readiness",
      object([
        ("ready", ["type": "boolean"]),
        ("role", ["type": "string", "enum": ["writer", "follower", "unreachable"]]),
        ("reasons", ["type": "array", "items": ["type": "string"]]), ("entries", schema("Integer")),
      ])
    ),
    (
      "Status",
      ["type": "object", "required": ["time", "accounts", "epochs", "decisions", "refusals", "witnesses"]]
    ),
  ]

  private static let status: JSONValue = [
    "type": "string", "enum": .array(AccountStatus.allCases.map { .string($0.rawValue) }),
  ]

  private static let proof = object(
    [
      ("version", ["const": 1]), ("suite", ["type": "string", "maxLength": 128]),
      ("circuit", ["type": "string", "maxLength": 128]), ("circuitDigest", schema("Digest")),
      ("snapshot", schema("Digest")), ("registry", schema("Digest")),
      ("kind", ["type": "string", "enum": ["initial", "maintenance"]]), ("account", schema("Name")),
      ("sequence", schema("Integer")), ("commitments", ["type": "array", "items": schema("Digest")]),
      ("audience", ["type": ["string", "object"]]), ("nonce", schema("Digest")),
      ("issued", schema("Seconds")),
      ("expires", schema("Seconds")), ("proof", ["type": "string", "contentEncoding": "base64"]),
    ],
    optional: [("reduction", ["type": "object"])])

  private static let signed = object([
    ("version", ["const": 1]), ("kind", ["type": "string", "maxLength": 64]), ("content", ["type": "object"]),
    ("signer", schema("Digest")), ("signature", ["type": "string", "pattern": "^[0-9a-f]{128}$"]),
  ])

  private static func accepted(_ more: [String: JSONValue]) -> JSONValue {
    object(
      more.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } + [
        ("verdict", ["const": "accepted"]), ("circuit", ["type": "string"]),
        ("circuitDigest", schema("Digest")),
        ("kind", ["type": "string", "enum": ["initial", "maintenance"]]), ("snapshot", schema("Digest")),
        ("registry", schema("Digest")), ("account", schema("Name")), ("sequence", schema("Integer")),
        ("commitments", ["type": "array", "items": schema("Digest")]), ("audience", ["type": "string"]),
        ("nonce", schema("Digest")), ("issued", schema("Seconds")), ("expires", schema("Seconds")),
      ])
  }

  private static func rejected(_ more: [String: JSONValue]) -> JSONValue {
    object(
      more.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } + [
        ("verdict", ["const": "rejected"]), ("reason", ["type": "string", "pattern": "^[a-z-]+$"]),
        ("explanation", ["type": "string"]),
      ])
  }

  /// The verdicts on a request for admission, with more members.
  private static func verdicts(_ more: [(String, JSONValue)] = []) -> [JSONValue] {
    [
      object(
        more + [
          ("verdict", ["type": "string", "enum": ["admitted", "reduce-only"]]),
          ("sequence", schema("Integer")),
          ("epoch", schema("Integer")), ("decided", schema("Seconds")), ("until", schema("Seconds")),
          ("headroom", orNull(schema("Headroom"))), ("entry", schema("Integer")),
          ("signedHead", schema("SignedDocument")),
        ], optional: [("receipt", ["type": "string"])]),
      object(
        more + [
          ("verdict", ["const": "refused"]),
          (
            "reasons",
            [
              "type": "array", "minItems": 1,
              "items": ["type": "string", "enum": .array(RefusalReason.allCases.map { .string($0.code) })],
            ]
          ),
        ]),
    ]
  }

  private static func orNull(_ schema: JSONValue) -> JSONValue { ["oneOf": [schema, ["type": "null"]]] }

  /// An object that has these members and no others.
  private static func object(
    _ required: [(String, JSONValue)], optional: [(String, JSONValue)] = []
  ) -> JSONValue {
    [
      "type": "object", "required": .array(required.map { .string($0.0) }), "additionalProperties": false,
      "properties": .object((required + optional).map { JSONMember($0.0, $0.1) }),
    ]
  }
}
