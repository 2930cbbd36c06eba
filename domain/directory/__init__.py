"""机构与人员: units and officers, event-sourced, so that "who had authority then" replays."""
