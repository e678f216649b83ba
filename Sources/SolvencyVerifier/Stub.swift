// SolvencyVerifier
