"""The FastAPI application: server-rendered pages and the JSON API. `web.app.create_app` builds it."""
