"""The answers of Understand that this process keeps."""

from __future__ import annotations

from palabre.desk.insight.pages import Screen
from palabre.desk.memory import Memory

MEMORY: Memory[Screen] = Memory()
