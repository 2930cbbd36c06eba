"""接待日安排和值班日志: one book an office and year – who receives when and where, and what happened on each shift."""
