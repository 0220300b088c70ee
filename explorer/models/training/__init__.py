"""How our models are made: data sets, the loop, the figures, the model card. `recipes` says with which numbers."""
