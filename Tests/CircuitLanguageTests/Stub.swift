// CircuitLanguageTests
