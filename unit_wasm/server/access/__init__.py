"""The access log: what is noted of a request, and its line."""
