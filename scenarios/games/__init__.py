"""Secrecy as games: what the protocol hides, tried by guessing (docs/howto/secrecy-games.md).

`game` says what is exchanged and shown, `play` holds the elections, `distinguishers` guess, `score` counts, and each
file of `variants` breaks the protocol in one place, which one of the distinguishers must tell.
"""
