"""The grid: levels, codes, cells with versions, the border rule, import and redraw."""
