"""The command `journey`. Nothing heavy is imported before a command needs it."""
