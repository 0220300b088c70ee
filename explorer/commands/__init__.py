"""The commands: the same core without a window. One file each, listed in `table`."""
