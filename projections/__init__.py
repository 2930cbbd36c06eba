"""读模型：disposable lists over the stored facts. Any of them can be dropped and rebuilt; none decides anything."""
