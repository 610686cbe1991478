"""The built-in translators. They obey the same wall as anyone's."""
