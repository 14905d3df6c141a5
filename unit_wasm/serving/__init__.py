"""A component's exchanges in an event loop: what servers of every kind give it and get from it."""
