"""Pictures of the domain: frames, folium maps, and the three pages that the server hands out."""
