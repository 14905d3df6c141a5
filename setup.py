"""Names the CFFI builder: `cffi_modules` is a keyword that pyproject.toml has no place for."""

from setuptools import setup

setup(cffi_modules=["build.py:ffibuilder"])
