"""What recording costs, beside what people would use instead: `python -m bench.cost`.

Developers only. `workloads` are the scripts, `contestants` the tools, `measure` is one pair of
drives in a process of its own, `tables` makes Markdown of the results.
"""
