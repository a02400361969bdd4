"""What can be learnt about a class and its objects without running any code of theirs.

Everything is read through the descriptors of `type` itself and the real `__dict__` descriptor that
a class got when it was made; a property, a metaclass or `__getattr__` is never asked.
"""

from __future__ import annotations

import collections
import enum
import types
import weakref
from itertools import islice
from typing import Any, Final, NamedTuple

_MRO: Final = type.__dict__["__mro__"].__get__
_NAME: Final = type.__dict__["__name__"].__get__
_NAMESPACE: Final = type.__dict__["__dict__"].__get__
_MODULE_DICT: Final = vars(types.ModuleType)["__dict__"].__get__
_MODULE: Final = type.__dict__["__module__"].__get__

_Probe = collections.namedtuple("_Probe", "field")
_NAMED_FIELD: Final = type(_Probe.__dict__["field"])

LIBRARIES: Final = frozenset({"numpy", "pandas", "polars", "pyarrow", "PIL"})

# Bounded, and weak: a script that defines a class defines a new one in every run.
_SHAPES: Final = 2048
_shapes: dict[int, ClassShape] = {}


class ClassShape(NamedTuple):
    """What is known about a class: what kind it is, and where its objects keep attributes.

    `library` is the top-level module it claims to be from when that is one of `LIBRARIES`,
    otherwise empty. `slots` are names that every object has, in order of definition.
    """

    cls: weakref.ref[type]
    library: str
    is_metaclass: bool
    is_enum: bool
    is_error: bool
    instance_dict: types.GetSetDescriptorType | types.MemberDescriptorType | None
    slots: tuple[str, ...]


def exact(text: str) -> str:
    """The same text as a real str: names of classes and functions may be of a subclass."""
    return text if type(text) is str else str.__str__(text)


def class_name(cls: type) -> str:
    """The class's own name, whatever its metaclass says."""
    return exact(_NAME(cls))


def module_name(cls: type) -> str:
    """The name of the module that the class says it is from; empty when it says nonsense."""
    name = _MODULE(cls)
    return name if type(name) is str else ""


def method_order(cls: type) -> tuple[type, ...]:
    """The class and its bases, in the order in which attributes are looked up."""
    mro: tuple[type, ...] = _MRO(cls) or (cls,)
    return mro


def module_dict(module: types.ModuleType) -> dict[str, Any]:
    """The module's names, without its `__getattr__`."""
    names: dict[str, Any] = _MODULE_DICT(module)
    return names


def shape_of(cls: type) -> ClassShape:
    """The shape of a class. It is kept, because only the class's names can change later."""
    shape = _shapes.get(id(cls))
    if shape is not None and shape.cls() is cls:
        return shape
    shape = _examine(cls)
    if len(_shapes) >= _SHAPES:
        _shapes.clear()
    _shapes[id(cls)] = shape
    return shape


def attribute_names(value: Any, shape: ClassShape, limit: int) -> list[str]:
    """Public names of attributes: the slots, then what the object's dict holds; at most `limit`."""
    names = [name for name in shape.slots if not name.startswith("_")][:limit]
    if shape.instance_dict is not None and len(names) < limit:
        attributes = shape.instance_dict.__get__(value)
        # Private names may come first; of very many attributes only the beginning is looked at.
        for name in list(islice(dict.keys(attributes), 10 * limit)):
            if type(name) is str and not name.startswith("_") and name not in names:
                names.append(name)
    return names[:limit]


def attribute(value: Any, shape: ClassShape, name: str) -> Any:
    """What the object's own dict holds under `name`; None when there is nothing.

    The dict is searched, not asked: it may hold keys whose `__eq__` is the user's.
    """
    if shape.instance_dict is None:
        return None
    for key, held in list(islice(dict.items(shape.instance_dict.__get__(value)), 200)):
        if type(key) is str and key == name:
            return held
    return None


def _examine(cls: type) -> ClassShape:
    mro = method_order(cls)
    instance_dict = None
    slots: list[str] = []
    for base in mro:
        if base is object:
            continue
        for name, member in list(_NAMESPACE(base).items()):
            if type(name) is not str:
                continue
            kind = type(member)
            if kind is not types.GetSetDescriptorType and kind is not types.MemberDescriptorType:
                if kind is _NAMED_FIELD:
                    slots.append(name)
            elif name == "__dict__":
                instance_dict = instance_dict or member
            elif kind is types.MemberDescriptorType:
                slots.append(name)
    top = module_name(cls).partition(".")[0]
    return ClassShape(
        cls=weakref.ref(cls),
        library=top if top in LIBRARIES else "",
        is_metaclass=any(base is type for base in mro),
        is_enum=any(base is enum.Enum for base in mro),
        is_error=any(base is BaseException for base in mro),
        instance_dict=instance_dict,
        slots=tuple(slots),
    )
