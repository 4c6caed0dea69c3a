"""The same server as in the contract tests."""

from tests.contract.conftest import postgresql_server

__all__ = ["postgresql_server"]
