"""`python -m stack.downloads`: fetch and verify everything now; with `lock`, renew the hashes of the Maven files."""

from __future__ import annotations

import logging
import sys

from stack import downloads
from stack.downloads import maven


def main(arguments: list[str]) -> int:
    """Exit status 0 when everything is in place; 1 with one sentence when not."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    try:
        if arguments == ["lock"]:
            maven.write_lock()
            return 0
        for part in (downloads.java, downloads.kafka_jars, downloads.registry_home):
            print(part())
        for part in (downloads.prometheus, downloads.promtool, downloads.alertmanager, downloads.amtool):
            print(part())
    except downloads.DownloadError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
