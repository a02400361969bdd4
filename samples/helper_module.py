"""What `helper_app.py` imports. It draws nothing, and knows nothing of Streamlit."""

CURRENCY = "EUR"


def discounted(amount, percent):
    factor = 1 - percent / 100
    return amount * factor


def as_money(amount):
    return f"{amount:.2f} {CURRENCY}"
