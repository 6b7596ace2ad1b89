"""From a drop to money: files come in, an offer is drawn, one tap pays it."""
