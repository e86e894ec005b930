"""Danger signs, checked before everything else."""
