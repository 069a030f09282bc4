"""The domain: knows PostGIS and shapely; knows no HTTP and no HTML."""
