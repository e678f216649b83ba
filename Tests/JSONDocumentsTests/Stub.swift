// JSONDocumentsTests
