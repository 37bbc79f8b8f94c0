"""Organisations: where a name begins, which one it means, registries."""
