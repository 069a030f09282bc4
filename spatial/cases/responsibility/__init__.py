"""Responsibility: who answers for which matter at which place, since when, and on what ground (属事责任)."""
