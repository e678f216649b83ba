// ExactIntegersTests
