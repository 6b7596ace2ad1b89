"""The work: the engine's, and what engineers do by hand."""
