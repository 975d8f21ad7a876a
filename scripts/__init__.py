"""Commands around the bot; each is run as a file."""
