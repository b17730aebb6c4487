"""The user's own photo: reading it, laying the model's frame over it, finding the eyes."""
