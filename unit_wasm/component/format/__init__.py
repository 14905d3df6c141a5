"""Reading the binary format of components and modules."""
