"""The small knowledge base with guides: two that lead into each other, and one step of every kind."""

from pathlib import Path

from tests.handlers.small_kb import path_of, write_small_kb

LONG = "echo " + "x" * 300

JAM = f"""\
steps:
  - id: power
    text: {{ru: "Выключите принтер & подождите.", en: "Switch the printer off & wait."}}
    copy: ["poweroff --now", "{LONG}"]
  - id: lid
    text: {{ru: "Откройте <крышку>.", en: "Open the <lid>."}}
    on_failure: acme-paper
  - id: pull
    text: {{ru: "Вытяните лист.", en: "Pull the sheet out."}}
    check: acme-site
    on_success: roller
    on_failure: acme-ink
  - id: roller
    text: {{ru: "Протрите ролик.", en: "Wipe the roller."}}
"""

INK = """\
steps:
  - {id: shake, text: {ru: "Встряхните картридж.", en: "Shake the cartridge."}, on_success: end, on_failure: again}
  - {id: again, text: {ru: "Встряхните ещё раз.", en: "Shake it again."}, on_success: shake, on_failure: person}
"""

CHECKS = """\
checks:
  - {id: acme-site, kind: dns, title: {ru: Имя сайта, en: Name of the site}, host: acme.example}
"""


def write_guide_kb(root: Path) -> Path:
    write_small_kb(root)
    (root / "acme" / "_checks.yaml").write_text(CHECKS, encoding="utf-8")
    for article_id, steps in {"acme-jam": JAM, "acme-ink": INK}.items():
        path = path_of(root, article_id)
        path.write_text(path.read_text(encoding="utf-8") + steps, encoding="utf-8")
    return root
