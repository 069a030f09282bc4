"""A synthetic city for first runs, tests and measurements: real names, generated borders."""

from spatial.grid.synthetic.city import SyntheticCity, synthetic_city

__all__ = ["SyntheticCity", "synthetic_city"]
