"""Values of WIT types as JSON; docs/services.md has the form of each type."""
