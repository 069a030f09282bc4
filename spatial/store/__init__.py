"""The store: connections, named queries, migrations, the private cluster, the event log."""
