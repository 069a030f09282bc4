"""What cases are about: governance categories, and component and event classes, as rows that a district edits.

`taxonomy.py` holds the value and its pure questions, `reading.py` fetches it, `class_files.py` reads tables of
classes, `loading.py` writes them. The starter set lies beside, as data. Refuses to know who is responsible for what.
"""

from spatial.cases.matters.reading import nodes_of, read_taxonomy
from spatial.cases.matters.taxonomy import Matter, Standard, Taxonomy

__all__ = ["Matter", "Standard", "Taxonomy", "nodes_of", "read_taxonomy"]
