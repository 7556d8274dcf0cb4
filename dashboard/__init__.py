"""Every surface: the server, the pages' frame, charts, exports and the command line."""
