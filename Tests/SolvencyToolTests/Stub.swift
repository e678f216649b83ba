// SolvencyToolTests
