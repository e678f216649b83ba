// Range proofs are made of these.
@_exported public import Merlin
@_exported public import Ristretto
