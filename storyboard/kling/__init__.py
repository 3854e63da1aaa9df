"""What Kling takes, costs and answers. Plain Python: no Django, no database, no clock of ours."""
