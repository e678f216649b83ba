// CircuitProofs
