"""What a person saves: collections and all that can be done with them, in private chats."""
