"""The search for the latent of a picture, to be watched."""
