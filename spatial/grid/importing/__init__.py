"""Bringing real boundaries in: read, assemble, check, clean if asked, report, publish.

Nothing is repaired silently: whatever is changed is reported cell by cell, and a coverage that is not clean is
published only when somebody accepts the dirt, which then stays on record.
"""
