"""案卷保管与销毁的操作: the conditions (`conditions.py`) that each act needs, for the tables of all kinds of case."""

CONDITIONS_OF = {
    "lend-file": "file_in file_kept",
    "return-file": "file_out",
    "request-erasure": "nobody_accused no_open_erasure file_in something_left",
    "approve-erasure": "nobody_accused open_erasure not_yet_approved not_own_erasure",
    "refuse-erasure": "nobody_accused open_erasure not_own_erasure",
    "witness-erasure": "nobody_accused open_erasure erasure_approved not_own_erasure file_in",
}

STILL_OPEN = frozenset({*CONDITIONS_OF, "acknowledge-alert"})
"""Acts that need neither the texts nor anybody who brought the case."""

WITHOUT_PEOPLE = frozenset({"archive"})
"""Acts that need the texts, but nobody who brought the case."""
