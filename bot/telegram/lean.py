"""aiogram without the wait: its models are built when first used, not all four hundred at import.

Decides how `aiogram` is loaded, nothing of what it does. Ordinarily its import costs four seconds of processor time and
100 MiB, nearly all of it for pydantic validators of types that no bot of ours ever meets. Here the annotations of each
type are resolved at import, with the names that aiogram gives for it, and the validator waits for the first use.

It rests on this: pydantic completes a deferred model by itself where it is used; `aiogram.types` completes its types
by one `model_rebuild(_types_namespace=…)` each; fields can be resolved apart from the schema (`pydantic._internal`,
hence the exact version below). Where one of these does not hold, the models are built as ever, and one line is logged.
`bot/__init__.py` calls `install`, so that it stands before whatever of ours imports aiogram first.
"""

import gc
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import BaseModel

LIBRARY = "aiogram"
PYDANTIC = "2.13."
"""The versions of pydantic whose inner parts are known to be as this module needs them."""

REBUILD = "model_rebuild"


class UnfitError(Exception):
    """aiogram or pydantic is not as expected; its text says in what."""


def install() -> None:
    """See to it that aiogram, if it is ever imported, is imported lean. Costs nothing until then; never raises."""
    if LIBRARY not in sys.modules and not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


class _Finder:
    """Finds aiogram where Python itself does, and has it loaded our way."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        if fullname != LIBRARY:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and type(spec.loader) is SourceFileLoader:
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


class _Loader(SourceFileLoader):
    """Loads a package while pydantic defers its models."""

    def exec_module(self, module: ModuleType) -> None:
        collecting = gc.isenabled()
        # Nothing of what an import makes is garbage yet, and looking for some takes a seventh of the time.
        gc.disable()
        try:
            with _deferred():
                super().exec_module(module)
        finally:
            if collecting:
                gc.enable()


@contextmanager
def _deferred() -> Iterator[None]:
    """Let the models made inside wait for their first use; build them after all where that does not work out."""
    from pydantic import VERSION, BaseModel  # noqa: PLC0415 - a command that needs no Telegram needs no pydantic either

    if not VERSION.startswith(PYDANTIC):
        _warn("aiogram is imported the slow way: pydantic is %s, known is %sx", VERSION, PYDANTIC)
        yield
        return
    ordinary = BaseModel.__dict__[REBUILD]
    rebuild: Callable[..., bool | None] = ordinary.__func__
    waiting: list[tuple[type[BaseModel], Mapping[str, Any]]] = []

    def put_off(cls: type[BaseModel], /, **options: Any) -> bool | None:
        names = options.get("_types_namespace")
        if names is None or not cls.__module__.startswith(f"{LIBRARY}.types."):
            return rebuild(cls, **options)
        waiting.append((cls, names))
        return None

    setattr(BaseModel, REBUILD, classmethod(put_off))
    BaseModel.model_config["defer_build"] = True
    try:
        yield
    finally:
        setattr(BaseModel, REBUILD, ordinary)
        del BaseModel.model_config["defer_build"]
    try:
        _finish(waiting)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with the short way, the long way is still open
        _warn("aiogram's models are built the slow way: %s: %s", type(error).__name__, error)
        for cls, names in waiting:
            rebuild(cls, _types_namespace=names)


def _warn(words: str, *values: object) -> None:
    import logging  # noqa: PLC0415 - each command imports this module, and hardly any start has something to say here

    logging.getLogger(__name__).warning(words, *values)


def _finish(waiting: Sequence[tuple[type["BaseModel"], Mapping[str, Any]]]) -> None:
    """Resolve the fields of the types; raises whatever shows that they could not be built later."""
    if not waiting:
        raise UnfitError("aiogram.types completes no types")
    for cls, names in waiting:
        _resolve_fields(cls, names)
    _forget_deferral()
    _try_out()


def _resolve_fields(cls: type["BaseModel"], names: Mapping[str, Any]) -> None:
    """Do the first half of a rebuild: from annotations to fields, with aiogram's names; raises `NameError`."""
    from pydantic._internal._config import ConfigWrapper  # noqa: PLC0415 - see `_deferred`
    from pydantic._internal._fields import rebuild_model_fields  # noqa: PLC0415
    from pydantic._internal._namespace_utils import NsResolver  # noqa: PLC0415

    if cls.__pydantic_fields_complete__:
        return
    resolver = NsResolver(parent_namespace=names)
    with resolver.push(cls):
        cls.__pydantic_fields__, cls.__pydantic_extra_info__ = rebuild_model_fields(
            cls,
            config_wrapper=ConfigWrapper(cls.model_config, check=False),
            ns_resolver=resolver,
            typevars_map={},
        )


def _forget_deferral() -> None:
    """Take our setting out of the models that got it, lest a class made from one of them is deferred as well."""
    from aiogram.types import TelegramObject  # noqa: PLC0415 - see `_deferred`
    from pydantic import BaseModel  # noqa: PLC0415

    # aiogram's types alone carry the setting of their own.
    rest = BaseModel.__subclasses__()
    while rest:
        cls = rest.pop()
        if cls.__module__.startswith(f"{LIBRARY}.") and not issubclass(cls, TelegramObject):
            cls.model_config.pop("defer_build", None)
            rest += cls.__subclasses__()


def _try_out() -> None:
    """Build one small type that holds another; raises where it does not come out right."""
    from aiogram.types import ChatLocation  # noqa: PLC0415 - see `_deferred`

    place = ChatLocation.model_validate({"location": {"longitude": 30.3, "latitude": 59.9}, "address": "here"})
    if place.location.latitude != 59.9:  # noqa: PLR2004 - the number of the line above
        raise UnfitError("a type that holds another was not read right")
