"""Events of Mobilizon and its kin: as its search gives them, and as they are federated."""
