"""Analysis: arrays in, frozen results out. No connection, no settings, no clock."""
