// MarginEngineTests
