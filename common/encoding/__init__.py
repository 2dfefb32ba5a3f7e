"""How values become bytes: base64url, canonical JSON, framed hashing (spec chapter 2)."""
