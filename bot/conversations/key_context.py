"""What is said around a licence key: what the customer takes it for, what they ask, whether a question is left.

Decides by words only, in Russian and English; the key itself has been cut out. Called by `key_doctor.py` and, for the
rest of a message, by `handlers/keys.py`. Pure.
"""

import re
from dataclasses import dataclass
from typing import Final

from bot.conversations.letters import MASKED

_KEY = re.compile(
    r"(?i)\b(?:рег(?:истрационн\w*|\.)?\s?(?:номер\w*|ключ\w*)|регномер\w*|ключ\w*|лицензионн\w+ номер\w*"
    r"|номер\w* лиценз\w+|registration (?:number|key)|licen[cs]e (?:number|key)|serial(?: number)?|key)\b"
)
_COUPON = re.compile(r"(?i)\b(?:купон\w*|промо-?код\w*|coupon\w*|voucher\w*|promo ?code\w*)\b")
_WHERE = re.compile(
    r"(?i)\b(?:куда|где|в как(?:ое|ой|ом)\s+(?:пол\w+|окн\w+|раздел\w*|мест\w+)|where|which (?:field|section|window))\b"
    r".{0,60}\b(?:вводи\w*|ввест\w*|вбива\w*|вбит\w*|вписа\w*|писать|встави\w*|вставля\w*|указ\w+|активир\w*|актив\w+"
    r"|его|enter\w*|type\w*|put\w*|paste\w*|activat\w*|insert\w*|it)\b"
)

_FILLERS: Final = """
а в во вот и к на не но он она оно это этот эта мой моя моё мои наш наша наши ваш мне нам вам у меня нас такой
ключ ключа номер номера рег регистрационный регномер лицензия лицензии лицензионный лиц купон купоны код мико
держите ловите отправляю присылаю шлю прошу пожалуйста пж пжлст спасибо здравствуйте добрый день вечер утро привет
проверьте проверить проверь проверка посмотрите гляньте ещё еще раз сам сама тут здесь да ага ок
пароль пароли логин password login
a an and the my our your this that it is here are key number registration licence license coupon code serial
please thanks thank you hello hi check verify look again sorry ok yes miko
"""
_NO_QUESTION: Final = frozenset(_FILLERS.split())
"""Words that only hand a key over."""


@dataclass(frozen=True, slots=True)
class Context:
    """What the words around a key say of it."""

    says_key: bool
    says_coupon: bool
    asks_where: bool

    @property
    def names_a_key(self) -> bool:
        """Whether a key or coupon is spoken of at all."""
        return self.says_key or self.says_coupon


def context_of(text: str) -> Context:
    """Return what a text says of the key that stands in it."""
    return Context(_KEY.search(text) is not None, _COUPON.search(text) is not None, _WHERE.search(text) is not None)


def leaves_a_question(redacted: str) -> bool:
    """Return whether a redacted message says more than "here is the key"."""
    words = re.findall(r"[^\W_]+", MASKED.sub(" ", redacted).lower())
    return any(word not in _NO_QUESTION for word in words)
