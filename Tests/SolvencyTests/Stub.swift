// SolvencyTests
