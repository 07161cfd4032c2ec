"""A simulated fleet of machines that work on batch jobs."""
