// CommitmentsTests
