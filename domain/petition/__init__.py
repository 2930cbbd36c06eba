"""信访事项: commands, events, stages, fold and decisions of a petition."""
