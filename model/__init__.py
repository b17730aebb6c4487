"""The autoencoder: its network, training, latent space, and the engine that runs it."""
