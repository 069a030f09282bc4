"""Pictures of the domain: frames, folium maps, and the four pages that the server hands out."""
