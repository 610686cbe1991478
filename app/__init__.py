"""Front ends: the editor and the command line. Widgets show; core decides."""
