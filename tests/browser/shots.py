"""Photographs every page in both themes and three sizes, and says what is wrong with how it looks.

python -m tests.browser.shots --out shots/
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from dashboard.registry import PAGES
from stack import downloads
from tests.browser.serving import serving
from tests.browser.watching import SIZES, THEMES, Theme, launch, watched

TALLEST = 8_000
"""Pixels of the longest picture; a page that is longer has a fault of its own."""


def photograph(browser: Browser, base: str, path: str, size: tuple[int, int], theme: Theme, file: Path) -> list[str]:
    """Take the picture of one page as a person sees it first, and one of all of it; return the faults, those of
    accessibility among them."""
    with watched(browser, base, size, theme) as watching:
        watching.open(path)
        faults = [*watching.all_faults(), *watching.violations()]
        watching.page.screenshot(path=file)
        height = int(watching.page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight"))
        if height > size[1]:
            watching.page.set_viewport_size({"width": size[0], "height": min(height, TALLEST)})
            watching.settle()
            watching.page.screenshot(path=file.with_stem(f"{file.stem}-whole"))
        return faults


def photograph_all(browser: Browser, base: str, folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Take every picture; yields its name and the faults in it."""
    folder.mkdir(parents=True, exist_ok=True)
    for entry in PAGES:
        for theme in THEMES:
            for size in SIZES:
                name = f"{entry.path}-{size[0]}x{size[1]}-{theme}"
                yield name, photograph(browser, base, entry.address, size, theme, folder / f"{name}.png")


def main() -> int:
    """Take all pictures of the recorded sample estate; 1 when any of them shows a fault."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("shots"), help="folder for the pictures")
    folder = parser.parse_args().out.resolve()
    bad = 0
    with tempfile.TemporaryDirectory() as data, sync_playwright() as playwright:
        browser = launch(playwright, downloads.chromium())
        with serving(Path(data)) as served:
            for name, faults in photograph_all(browser, served.url, folder):
                print(f"{'FAULTY' if faults else 'fine  '} {name}", *faults, sep="\n         ")
                bad += bool(faults)
        browser.close()
    print(f"{folder}: {bad} pictures with faults")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
