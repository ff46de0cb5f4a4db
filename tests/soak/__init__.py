"""The whole bot for half an hour at many times its real rate, with an eye on its memory."""
