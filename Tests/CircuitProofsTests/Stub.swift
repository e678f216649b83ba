// CircuitProofsTests
