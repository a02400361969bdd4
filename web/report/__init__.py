"""The report: a recording or a comparison as one file that opens anywhere, without a server.

`build.py` makes it. The file holds the pages as the server shows them (`assemble.py`), and the
answers that these pages ask for (`routes.py`), computed in advance.
"""
