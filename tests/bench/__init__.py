"""The bench: what people feel, as a ratio to a bare floor measured side by side (`make bench`)."""
