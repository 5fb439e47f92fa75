"""No Docker engine is at hand where this is developed: the commands of the Dockerfile's stages are run instead.

The two installs from the locks need a package index, so they are not run here; `make` has just done the same from the
same file. The wheel is built and installed into an empty venv that sees the dependencies and nothing of the checkout.
"""

import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def run(*command: str, cwd: Path) -> str:
    clean = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "KB_DIR"}}
    done = subprocess.run(command, cwd=cwd, env=clean, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("image")
    build = re.search(r"RUN /opt/build/bin/(pip wheel .*) --wheel-dir /dist \.", DOCKERFILE)
    install = re.search(r"RUN /opt/diagnost/bin/(pip install .*) /dist/diagnost-\*\.whl", DOCKERFILE)
    assert build is not None
    assert install is not None
    run(sys.executable, "-m", *build[1].split(), "--wheel-dir", str(base / "dist"), str(ROOT), cwd=base)
    (wheel,) = (base / "dist").glob("diagnost-*.whl")
    run(sys.executable, "-m", "venv", "--without-pip", str(base / "venv"), cwd=base)
    (site,) = (base / "venv" / "lib").glob("python*/site-packages")
    target = ["--prefix", str(base / "venv"), "--no-index", "--no-warn-script-location"]
    run(sys.executable, "-m", *install[1].split(), *target, "--ignore-installed", str(wheel), cwd=base)
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return base / "venv"


def test_the_wheel_runs_from_another_folder_with_its_own_articles(image: Path, tmp_path: Path) -> None:
    where = run(str(image / "bin" / "python"), "-c", "import bot, handlers; print(bot.__file__)", cwd=tmp_path)
    assert where.startswith(str(image))
    assert "Usage" in run(str(image / "bin" / "diagnost"), "--help", cwd=tmp_path)
    assert "no faults" in run(str(image / "bin" / "diagnost"), "kb", "check", cwd=tmp_path)
    assert '"article": "miko-1058"' in run(
        str(image / "bin" / "diagnost"), "kb", "ask", "ошибка 1058", "--json", cwd=tmp_path
    )


def test_the_image_runs_as_an_ordinary_user_with_health_check_and_volumes() -> None:
    last_stage = DOCKERFILE.rpartition("\nFROM ")[2]
    assert "\nUSER diagnost" in last_stage
    assert "HEALTHCHECK" in last_stage
    assert 'VOLUME ["/data", "/kb"]' in last_stage
    assert "KB_DIR=/kb" in last_stage
    assert 'CMD ["diagnost", "run"]' in last_stage


def test_every_file_the_image_copies_exists() -> None:
    for copied in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, flags=re.MULTILINE):
        for name in copied.split():
            assert (ROOT / name).exists(), name


def test_the_image_installs_from_the_locks_with_hashes() -> None:
    for lock in ("requirements.txt", "requirements-dev.txt"):
        assert f"--require-hashes -r {lock}" in DOCKERFILE
        text = (ROOT / lock).read_text(encoding="utf-8")
        assert "--hash=sha256:" in text
        assert "://" not in text
