"""Random and damaged input for every file that the program reads."""
