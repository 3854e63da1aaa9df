"""Plain data in, a file out: knows nothing of Django, and nothing else of ours."""
