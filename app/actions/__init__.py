"""Actions as data: menus, shortcuts, toolbar and the shortcut list read one table."""
