"""Many dimensions to two, and back where there is a way back."""
