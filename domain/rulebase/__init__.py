"""规则库: rule-book versions and calendar decrees that an administrator published, as events."""
