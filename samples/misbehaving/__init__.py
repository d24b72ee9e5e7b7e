"""A web server that misbehaves in every way that a crawler meets: real sockets, one table of named cases.

Used by the fault suite (tests/crawlers) and by the soak (benchmarks/soak.py). `cases.CASES` says of each case what the
server does and in what outcome a crawl must end; `server.serving` plays them, one host name a case.
"""
