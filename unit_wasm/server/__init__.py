"""The embedded server: listeners, applications behind them, and the control API.

Everything runs in one process and one event loop.
"""
