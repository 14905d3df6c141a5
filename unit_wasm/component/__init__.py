"""Components: reading, inspecting, rewriting (and, beside these, compiling and caching)."""
