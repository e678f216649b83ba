// ExactIntegers
