"""Pictures for looking into the data, the training and the latent space, drawn with matplotlib."""
