"""The Django project: settings, routes, system checks, the server."""
