"""Shows the state, asks the store. No torch, no latent mathematics."""
