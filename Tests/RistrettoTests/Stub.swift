// RistrettoTests
