"""The shapes that go over the wire, one module for each noun."""
