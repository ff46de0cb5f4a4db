"""CPU-heavy work in processes that can be killed."""
