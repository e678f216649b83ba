// Ristretto
