"""文件检查: what a file is, judged by its content and never by its name, and what makes it be refused."""
