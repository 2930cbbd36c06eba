"""督查事项: one supervision item from its opening to the archive, by the 机关单位督查督办工作制度."""
