"""Drafting weights whose architecture nobody knows: questions, layers, and the pictures under the answers."""
