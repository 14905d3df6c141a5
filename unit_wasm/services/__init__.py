"""Functions of components as services: JSON in, JSON out, described by OpenAPI."""
