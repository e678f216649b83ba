// Statements and proofs are made of these.
@_exported public import ExactIntegers
@_exported public import ProofCore
@_exported public import Ristretto
