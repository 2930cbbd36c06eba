"""案卷: one case as a file that proves itself – made here, read again and checked without the service."""
