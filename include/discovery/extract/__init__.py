"""Pure parsing: bytes and text in, meaning out. No I/O, no clock, no state."""
