"""A made-up country: people, their ID cards, and the authority that answers for them."""
