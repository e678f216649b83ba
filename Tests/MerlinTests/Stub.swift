// MerlinTests
