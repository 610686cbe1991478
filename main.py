#!/usr/bin/env python3
"""Weathervane: the editor, or one of its commands without a window. See `python main.py --help`."""

from __future__ import annotations

import sys

from app.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
