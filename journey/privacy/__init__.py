"""Texts about people: encrypted at write, unreadable once their key is destroyed."""
