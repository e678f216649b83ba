// Merlin
