"""The flag that says this web process is about to end; long answers look at it and finish."""

import threading

stopping = threading.Event()
