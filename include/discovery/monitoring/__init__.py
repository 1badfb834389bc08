"""Health read from the store, and told: alerts with their messages, and metrics."""
