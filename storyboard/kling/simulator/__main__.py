"""`python -m storyboard.kling.simulator --port P --state DIR --seconds-per-task S`."""

import argparse
import sys

from .cli import add_arguments, run

if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="simulator", description="Serve Kling's wire on 127.0.0.1 without Kling."
    )
    add_arguments(parser)
    sys.exit(run(parser.parse_args()))
