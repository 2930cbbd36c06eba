"""基准: the project against the stock library on the same server, in the same run."""
