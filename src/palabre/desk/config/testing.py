"""The same settings for tests: a data folder of their own, a quick hasher, plain static files.

The folder is made here because pytest reads the settings before any fixture exists; nobody's data is ever touched.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

_OWN = tempfile.mkdtemp(prefix="palabre-test-")
atexit.register(shutil.rmtree, _OWN, ignore_errors=True)
os.environ["PALABRE_HOME"] = _OWN

from palabre.desk.config.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
JOBS_IN_THREADS = False
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]

(HOME / "cache" / "static").mkdir(parents=True, exist_ok=True)  # noqa: F405
