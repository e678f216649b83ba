// CircuitLanguage
