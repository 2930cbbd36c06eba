"""控制台: the pages officers work in, server-rendered over the same services as the API. No rule lives here."""
