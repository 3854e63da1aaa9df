"""Real servers that the tests start and end themselves, on free ports of the loopback address."""
