"""预警: planned from the clocks of any kind of case, recorded in the case, each once."""
