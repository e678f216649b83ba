internal import Admission

/// The tables of a ledger, and how it is seen that they are as they were made.
///
///     form(application, version)              one row: what this is
///     entry(idx, bytes)                       the log, append-only, by index
///     evidence(idx, bytes)                    the document that each entry names
///     head(entries, digest, signer, signature)   one row: the signed head
///     checkpoint(part, idx, bytes)            the state at the last checkpoint, in pieces
///     writer(term, name)                      one row: the term that a transaction must be of, and who has it
///     pulse(term, beat)                       one row: counts up while the writer lives
enum PostgresSchema {
  /// The version of the tables.
  static let version: Int64 = 1
  static let application = "solvency ledger"

  private static let tables = """
    CREATE TABLE form(id smallint PRIMARY KEY CHECK (id = 0), application text NOT NULL, version bigint NOT NULL);
    CREATE TABLE entry(idx bigint PRIMARY KEY CHECK (idx >= 0), bytes bytea NOT NULL);
    CREATE TABLE evidence(idx bigint PRIMARY KEY CHECK (idx >= 0), bytes bytea NOT NULL);
    CREATE TABLE head(id smallint PRIMARY KEY CHECK (id = 0), entries bigint NOT NULL, digest bytea NOT NULL,
      signer bytea NOT NULL, signature bytea NOT NULL);
    CREATE TABLE checkpoint(part bigint PRIMARY KEY, idx bigint NOT NULL, bytes bytea NOT NULL);
    CREATE TABLE writer(id smallint PRIMARY KEY CHECK (id = 0), term bigint NOT NULL, name text NOT NULL);
    CREATE TABLE pulse(id smallint PRIMARY KEY CHECK (id = 0), term bigint NOT NULL, beat bigint NOT NULL);
    ALTER TABLE evidence ALTER bytes SET STORAGE EXTERNAL;
    ALTER TABLE checkpoint ALTER bytes SET STORAGE EXTERNAL;
    INSERT INTO form VALUES (0, 'solvency ledger', 1);
    INSERT INTO writer VALUES (0, 0, '');
    INSERT INTO pulse VALUES (0, 0, 0);
    """

  /// Makes the tables unless they are there. Of several desks that begin at once one makes them.
  static func create(_ connection: PostgresConnection, _ schema: String) throws(PostgresFault) {
    try connection.execute("BEGIN; SELECT pg_advisory_xact_lock(6003095264)")
    do throws(PostgresFault) {
      if try identity(connection, schema) == nil {
        // The name's letters were checked when it was configured.
        try connection.execute(text: "CREATE SCHEMA IF NOT EXISTS \"\(schema)\"")
        let things = try connection.run(contents, .text(schema))
        guard things.count == 0 else { throw .refused(code: foreignCode, sentence: "") }
        try connection.execute(text: tables)
      }
      try connection.commit()
    } catch {
      connection.rollBack()
      throw error
    }
  }

  /// What is said for a schema that holds something else.
  static let foreignCode = "SOLV1"

  /// The number of a schema that has tables of a ledger's name; nil without.
  static func identity(_ connection: PostgresConnection, _ schema: String) throws(PostgresFault) -> Int64? {
    let rows = try connection.run(identify, .text(schema))
    return rows.count == 1 ? try rows.integer(0, 0) : nil
  }

  private static let identify = PostgresStatement(
    "identify",
    """
    SELECT n.oid::bigint FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid
    WHERE n.nspname = $1 AND c.relname = 'form' AND c.relkind = 'r'
    """)

  /// Compares what the schema has with what a ledger's has.
  ///
  /// A trigger or a rule could swallow an entry, a view stand in for a table, a policy hide rows, an unlogged
  /// table be empty after a crash: a schema with anything of the kind is refused (A57).
  static func check(_ connection: PostgresConnection, _ schema: String) throws(StoreError) {
    guard try storing({ () throws(PostgresFault) in try identity(connection, schema) }) != nil else {
      throw .notFound
    }
    let (application, stated) = try storing { () throws(PostgresFault) in
      let form = try connection.run(readForm)
      return form.count == 1 ? (form.text(0, 0), try form.integer(0, 1)) : ("", 0)
    }
    guard application == Self.application else { throw .notALedger }
    guard stated == version else { throw .unsupportedVersion(stated) }
    let found = try storing { () throws(PostgresFault) in try connection.run(contents, .text(schema)) }
    var expected = lines[...]
    for row in 0..<found.count {
      let line = found.text(row, 0)
      guard expected.popFirst() == line else { throw .alteredSchema(line) }
    }
    if let missing = expected.first { throw .alteredSchema("missing: \(missing)") }
  }

  private static let readForm = PostgresStatement("readForm", "SELECT application, version FROM form")

  /// Everything that a schema has, a line each, in the order of the letters. The catalogue's own words change
  /// between versions of the server; these are put together from its columns.
  private static let contents = PostgresStatement(
    "contents",
    """
    WITH class AS (SELECT c.* FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1)
    SELECT line FROM (
      SELECT concat('relation ', relname, ' ', relkind, relpersistence,
        CASE WHEN relrowsecurity OR relforcerowsecurity THEN ' row security' END,
        CASE WHEN relispartition THEN ' partition' END,
        CASE WHEN reloftype <> 0 THEN ' of a type' END) AS line FROM class
      UNION ALL
      SELECT concat('column ', relname, '.', attname, ' ', format_type(atttypid, atttypmod),
        CASE WHEN attnotnull THEN ' not null' END, CASE WHEN atthasdef THEN ' default' END,
        CASE WHEN attidentity <> '' THEN ' identity' END, CASE WHEN attgenerated <> '' THEN ' generated' END)
        FROM class JOIN pg_attribute ON attrelid = class.oid
        WHERE relkind = 'r' AND attnum > 0 AND NOT attisdropped
      UNION ALL
      SELECT concat('constraint ', relname, '.', conname, ' ', pg_get_constraintdef(k.oid),
        CASE WHEN NOT convalidated THEN ' not valid' END, CASE WHEN condeferrable THEN ' deferrable' END)
        FROM class JOIN pg_constraint k ON conrelid = class.oid WHERE contype <> 'n'
      UNION ALL
      SELECT concat('index ', relname, ' ', indkey, CASE WHEN indisunique THEN ' unique' END,
        CASE WHEN indisprimary THEN ' primary' END, CASE WHEN NOT indisvalid THEN ' not valid' END,
        CASE WHEN indpred IS NOT NULL THEN ' partial' END)
        FROM class JOIN pg_index ON indexrelid = class.oid
      UNION ALL
      SELECT concat('trigger ', relname, '.', tgname) FROM class JOIN pg_trigger ON tgrelid = class.oid
      UNION ALL
      SELECT concat('rule ', relname, '.', rulename) FROM class JOIN pg_rewrite ON ev_class = class.oid
      UNION ALL
      SELECT concat('policy ', relname, '.', polname) FROM class JOIN pg_policy ON polrelid = class.oid
      UNION ALL
      SELECT concat('child of ', relname) FROM class JOIN pg_inherits ON inhparent = class.oid
      UNION ALL
      SELECT concat('parent of ', relname) FROM class JOIN pg_inherits ON inhrelid = class.oid
      UNION ALL
      SELECT concat('function ', proname) FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE n.nspname = $1
      UNION ALL
      SELECT concat('operator ', oprname) FROM pg_operator JOIN pg_namespace n ON n.oid = oprnamespace WHERE n.nspname = $1
      UNION ALL
      SELECT concat('type ', typname) FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace
        WHERE n.nspname = $1 AND typrelid = 0 AND typelem = 0
    ) AS everything ORDER BY line COLLATE "C"
    """)

  private static let lines = [
    "column checkpoint.bytes bytea not null",
    "column checkpoint.idx bigint not null",
    "column checkpoint.part bigint not null",
    "column entry.bytes bytea not null",
    "column entry.idx bigint not null",
    "column evidence.bytes bytea not null",
    "column evidence.idx bigint not null",
    "column form.application text not null",
    "column form.id smallint not null",
    "column form.version bigint not null",
    "column head.digest bytea not null",
    "column head.entries bigint not null",
    "column head.id smallint not null",
    "column head.signature bytea not null",
    "column head.signer bytea not null",
    "column pulse.beat bigint not null",
    "column pulse.id smallint not null",
    "column pulse.term bigint not null",
    "column writer.id smallint not null",
    "column writer.name text not null",
    "column writer.term bigint not null",
    "constraint checkpoint.checkpoint_pkey PRIMARY KEY (part)",
    "constraint entry.entry_idx_check CHECK ((idx >= 0))",
    "constraint entry.entry_pkey PRIMARY KEY (idx)",
    "constraint evidence.evidence_idx_check CHECK ((idx >= 0))",
    "constraint evidence.evidence_pkey PRIMARY KEY (idx)",
    "constraint form.form_id_check CHECK ((id = 0))",
    "constraint form.form_pkey PRIMARY KEY (id)",
    "constraint head.head_id_check CHECK ((id = 0))",
    "constraint head.head_pkey PRIMARY KEY (id)",
    "constraint pulse.pulse_id_check CHECK ((id = 0))",
    "constraint pulse.pulse_pkey PRIMARY KEY (id)",
    "constraint writer.writer_id_check CHECK ((id = 0))",
    "constraint writer.writer_pkey PRIMARY KEY (id)",
    "index checkpoint_pkey 1 unique primary",
    "index entry_pkey 1 unique primary",
    "index evidence_pkey 1 unique primary",
    "index form_pkey 1 unique primary",
    "index head_pkey 1 unique primary",
    "index pulse_pkey 1 unique primary",
    "index writer_pkey 1 unique primary",
    "relation checkpoint rp",
    "relation checkpoint_pkey ip",
    "relation entry rp",
    "relation entry_pkey ip",
    "relation evidence rp",
    "relation evidence_pkey ip",
    "relation form rp",
    "relation form_pkey ip",
    "relation head rp",
    "relation head_pkey ip",
    "relation pulse rp",
    "relation pulse_pkey ip",
    "relation writer rp",
    "relation writer_pkey ip",
  ]
}

/// Runs a step on a connection; a fault is told as a store's.
func storing<Value>(_ step: () throws(PostgresFault) -> Value) throws(StoreError) -> Value {
  do throws(PostgresFault) {
    return try step()
  } catch {
    throw StoreError(error)
  }
}

extension StoreError {
  /// What a fault of the server is to a ledger.
  init(_ fault: PostgresFault) {
    switch fault {
    case .lost: self = .unreachable
    case .malformed: self = .corrupt
    case .refused(let code, _):
      switch code {
      case PostgresSchema.foreignCode: self = .notALedger
      // A lock was not had, or a statement was late; two transactions stood in each other's way.
      case "55P03", "57014", "40001", "40P01": self = .busy
      case "53100": self = .full
      case "25006", "42501": self = .readOnly
      case "XX001", "XX002": self = .corrupt
      case "42P01", "42703", "3F000": self = .alteredSchema("a table or a column is missing")
      default: self = code.hasPrefix("53") ? .unreachable : .server(code: code)
      }
    }
  }
}
