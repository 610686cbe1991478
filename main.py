#!/usr/bin/env python3
"""Weathervane: the editor, or one of its commands without a window. See `python main.py --help`."""

from __future__ import annotations

import sys

from app.cli import main
from core.threads import wait_without_spinning

if __name__ == "__main__":
    wait_without_spinning()  # before a command loads torch
    sys.exit(main(sys.argv[1:]))
