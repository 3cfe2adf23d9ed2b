"""`make run` and `make demo`: everything MediaNest needs, started and stopped as one.

Standard library only, and nothing from the rest of the project: it runs on the system's Python before anything is
installed. This file and `__main__.py` must even be readable by Pythons too old to run the rest.
"""
