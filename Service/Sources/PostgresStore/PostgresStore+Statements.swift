/// Everything that a store asks of the server.
extension PostgresStore {
  static let selectHead = PostgresStatement(
    "selectHead", "SELECT entries, digest, signer, signature FROM head")
  static let selectPiece = PostgresStatement(
    "selectPiece", "SELECT part, idx, bytes FROM checkpoint WHERE part >= $1 ORDER BY part LIMIT 1")
  static let selectEntry = PostgresStatement("selectEntry", "SELECT bytes FROM entry WHERE idx = $1")
  static let selectItems = PostgresStatement(
    "selectItems",
    """
    SELECT entry.bytes, evidence.bytes FROM entry LEFT JOIN evidence USING (idx)
    WHERE entry.idx >= $1 ORDER BY entry.idx LIMIT $2
    """)
  static let tryTurn = PostgresStatement("tryTurn", "SELECT pg_try_advisory_xact_lock_shared($1)")
  static let takePen = PostgresStatement("takePen", "SELECT pg_advisory_xact_lock($1)")
  static let selectEnd = PostgresStatement(
    "selectEnd",
    """
    SELECT coalesce((SELECT entries FROM head), 0), (SELECT digest FROM head), (SELECT term FROM writer),
      current_setting('fsync'),
      (SELECT count(*) FROM pg_class WHERE oid IN
          ('entry'::regclass, 'evidence'::regclass, 'head'::regclass, 'checkpoint'::regclass, 'writer'::regclass)
        AND (relhastriggers OR relhasrules OR relhassubclass OR relrowsecurity OR relforcerowsecurity
          OR relkind <> 'r' OR relpersistence <> 'p'))
    """)
  static let insertEntries = PostgresStatement(
    "insertEntries", "INSERT INTO entry(idx, bytes) SELECT * FROM unnest($1::bigint[], $2::bytea[])")
  static let insertEvidence = PostgresStatement(
    "insertEvidence", "INSERT INTO evidence(idx, bytes) SELECT * FROM unnest($1::bigint[], $2::bytea[])")
  static let replaceHead = PostgresStatement(
    "replaceHead",
    """
    INSERT INTO head(id, entries, digest, signer, signature) VALUES (0, $1, $2, $3, $4)
    ON CONFLICT (id) DO UPDATE SET entries = $1, digest = $2, signer = $3, signature = $4
      WHERE head.entries = $5 AND head.digest = $6
    """)
  static let replaceDocument = PostgresStatement(
    "replaceDocument",
    """
    INSERT INTO evidence(idx, bytes) VALUES ($1, $2) ON CONFLICT (idx) DO UPDATE SET bytes = $2
    """)
  static let dropEntries = PostgresStatement("dropEntries", "DELETE FROM entry WHERE idx >= $1")
  static let dropEvidence = PostgresStatement("dropEvidence", "DELETE FROM evidence WHERE idx >= $1")
  static let dropCheckpointFrom = PostgresStatement(
    "dropCheckpointFrom", "DELETE FROM checkpoint WHERE idx >= $1")
  static let dropCheckpoint = PostgresStatement("dropCheckpoint", "DELETE FROM checkpoint")
  static let insertCheckpoint = PostgresStatement(
    "insertCheckpoint", "INSERT INTO checkpoint(part, idx, bytes) VALUES ($1, $2, $3)")
}
