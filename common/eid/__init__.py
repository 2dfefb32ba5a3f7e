"""Who a voter is and what was signed: certificates, OCSP, JWS, Web eID tokens, service keys (spec chapter 6)."""
