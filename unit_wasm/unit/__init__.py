"""NGINX Unit and FreeUnit: building the module, and preparing an application for it."""
