"""The embedded server: listeners, applications behind them, and the control API.

uvicorn's HTTP protocol does the talking; everything runs in one process and one event loop.
"""
