"""How a pair is doing, and when somebody is told: rules over runs and their numbers. Pure."""
