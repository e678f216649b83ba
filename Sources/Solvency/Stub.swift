// Solvency
