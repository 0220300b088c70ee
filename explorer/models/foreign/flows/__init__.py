"""Flows of others: a closed list of invertible steps, each told by plain data, and the models that are made of them."""
