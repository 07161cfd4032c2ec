"""Batch jobs: folders with requests, the course of their batches, and results."""
