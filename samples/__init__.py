"""Three small sites of our own that `make demo` serves on loopback, and the tests crawl.

Real announcements lend the facts (who, what, when); the sentences are written for this project. A page is a Markdown
file with a YAML head below ``content/``, its surroundings come from ``templates/``, and ``expected.yaml`` says what has
to be found. PDF, PPTX and DOCX files are made by ``python -m samples.build`` from ``content/files``. To look at the
sites in a browser: ``python -m samples.server``. Edition 2 is the same sites some days later: one page changed, one
gone.
"""
