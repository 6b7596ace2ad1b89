"""The desk's own loops: what came in is decided, what is to be said goes out, what is due is woken."""
