"""From a component's file to machine code that a worker can run, and the cache of it."""
