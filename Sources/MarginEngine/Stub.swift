// MarginEngine
