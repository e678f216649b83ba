// An auditor's program imports this module alone: what its interface is made of comes along.
@_exported public import CanonicalBytes
@_exported public import CircuitLanguage
@_exported public import MarginRules
@_exported public import Solvency
@_exported public import TransparencyLog
