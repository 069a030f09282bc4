"""From a case that nobody owns to a ruling, and from a ruling to a precedent."""
