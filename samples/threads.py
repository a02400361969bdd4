"""A script that lets threads of its own do the arithmetic.

Look for: lines of `count_primes` on other threads than the script's, overlapping in time. The
threads only compute; everything on the page is drawn by the script when they are done.
"""

import threading

import streamlit as st


def is_prime(number):
    return number > 1 and all(number % divisor for divisor in range(2, int(number**0.5) + 1))


def count_primes(first, last, counts):
    found = 0
    for number in range(first, last):
        if is_prime(number):
            found += 1
    counts[first] = found


limit = st.slider("Up to", 50, 400, 100, step=50)
counts = {}
workers = [
    threading.Thread(target=count_primes, args=(first, first + 50, counts))
    for first in range(0, limit, 50)
]
for worker in workers:
    worker.start()
for worker in workers:
    worker.join()

st.metric("Primes", sum(counts.values()))
st.write("By thread:", {str(first): counts[first] for first in sorted(counts)})
