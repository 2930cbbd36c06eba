"""复查与复核: the two instances after the written reply. Their facts lie in the petition's own stream."""
