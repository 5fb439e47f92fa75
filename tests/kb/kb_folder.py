"""A small knowledge base on disk for tests: sound as it is made, then changed file by file."""

from pathlib import Path

from bot.kb.faults import Fault, KnowledgeBaseFaults
from bot.kb.loader import load

HEAD = """\
name: Test
languages: [ru, en]
default: ru
"""
PRODUCT = """\
id: acme
names: {ru: Акме, en: Acme}
aliases: [акмешка]
"""
ARTICLE = """\
id: {id}
product: acme
updated: 2026-11-22
tags: []
codes: []
title:
  ru: Заголовок
  en: A title
symptoms:
  ru: [не работает]
  en: [does not work]
answer:
  ru: Перезапустите.
  en: Restart it.
"""


class KbFolder:
    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        self.write("_kb.yaml", HEAD)
        self.write("acme/_product.yaml", PRODUCT)
        self.article("acme-1")

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def article(self, article_id: str, *changes: tuple[str, str], more: str = "") -> Path:
        text = ARTICLE.format(id=article_id)
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        return self.write(f"acme/{article_id}.yaml", text + more)

    def faults(self) -> list[str]:
        return [str(fault) for fault in self.found()]

    def found(self) -> tuple[Fault, ...]:
        try:
            load(self.root)
        except KnowledgeBaseFaults as error:
            return error.faults
        return ()
