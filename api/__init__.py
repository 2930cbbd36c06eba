"""The outside: HTTP, command line and process tree. Everything here may import everything; nothing imports it."""
