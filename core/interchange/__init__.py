"""Timelines of other programs: written and read through OpenTimelineIO, which is seen only here."""
