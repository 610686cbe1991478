"""Media: what is in a file, its frames by number, its sound, and files written. PyAV is seen only here."""
