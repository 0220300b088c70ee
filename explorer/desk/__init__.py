"""Where the two rivers meet: store, engine and panels joined, one file an errand. All in the GUI thread."""
