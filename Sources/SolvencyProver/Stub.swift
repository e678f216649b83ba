// SolvencyProver
