"""否定事项月清单: every "no" of a month of one petition office, sent to the discipline office by the 10th of the next."""
