// Commitments
