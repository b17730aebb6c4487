"""The sketch encoder's workshop: drawings made from portraits, its training, its judge."""
