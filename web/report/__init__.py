"""The report: a recording or a comparison as one file that opens anywhere, without a server.

`frame.py` makes the part that draws the recorded page.
"""
