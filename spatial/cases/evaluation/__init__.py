"""Call-backs, two-way evaluation, and the figures by which areas, departments and posts are judged."""
