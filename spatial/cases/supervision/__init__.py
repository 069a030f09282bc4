"""Timed supervision (限时督办): colours of cases, orders that want a written reply, levels that they climb.

Rules of colours and levels are rows that a district edits. Refuses to know how a deadline is reckoned
(`spatial/cases/clocks` does) and who may ask.
"""
