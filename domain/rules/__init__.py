"""时限规则 — what is data about time limits, and the pure functions that read it.

`calendar` knows which days are worked, `rulebook` which clocks run; only `counting` adds days to make a limit;
`signals` turns a due date and a today into a light and alert steps; `grounds` lists the typed reasons.
Nothing here reads a clock, a database or an aggregate; the TOML tables are validated when they are read.
"""
