"""Functions that are served, as tools of the Model Context Protocol."""
