"""Users of the pages and the API: roles, passwords, API tokens, sessions. Knows nothing of requests."""
