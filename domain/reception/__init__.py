"""接访值班记录: every visit, call, outreach visit and duty matter, who took it first, and to whom it was handed over."""
