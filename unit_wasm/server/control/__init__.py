"""The control API, and what else changes a running server."""
