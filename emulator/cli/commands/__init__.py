"""What each command does. Only the module of the command that was typed is imported."""
