// A compiled circuit is a statement.
@_exported public import CanonicalBytes
@_exported public import CircuitProofs
