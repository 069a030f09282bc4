"""Patrol: all-clear check-ins and the units that are silent."""
