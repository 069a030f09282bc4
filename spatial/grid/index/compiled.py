"""Whether the compiled kernels can be had: numba is an optional extra, and everything works without it."""

from importlib.util import find_spec

COMPILED = find_spec("numba") is not None
