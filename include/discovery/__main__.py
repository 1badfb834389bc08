"""``python -m include.discovery``: see ``cli``."""

import sys

from include.discovery.cli import main

sys.exit(main(sys.argv[1:]))
