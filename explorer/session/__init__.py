"""What the user is looking at: a frozen value, and its one owner."""
