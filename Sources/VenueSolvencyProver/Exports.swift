// A venue's program imports this module alone: what its interface is made of comes along.
@_exported public import SolvencyProver
@_exported public import VenueSolvency
