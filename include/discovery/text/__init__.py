"""What people write: clean text, its encoding, status words, prices; how messages word things."""
