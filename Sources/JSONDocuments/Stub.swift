// JSONDocuments
