"""时间: what the passing of time sets off. Due clocks become alerts; alerts are delivered."""
