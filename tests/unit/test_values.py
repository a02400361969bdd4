"""A snapshot shows what it can and runs nothing of the user's."""

from __future__ import annotations

import collections
import datetime
import decimal
import enum
import fractions
import functools
import pathlib
import sys
import threading
import types
import uuid
import zoneinfo
from typing import Any

import pytest

from rerun_trace.tracer.capture.redaction import HIDDEN, Redactor
from rerun_trace.tracer.capture.value_texts import LIMIT
from rerun_trace.tracer.capture.values import is_mutable_builtin, snapshot

CALLS: list[str] = []

SPECIAL = (
    *("__repr__", "__str__", "__format__", "__len__", "__length_hint__", "__eq__", "__ne__"),
    *("__lt__", "__gt__", "__hash__", "__bool__", "__iter__", "__next__", "__contains__"),
    *("__getitem__", "__call__", "__int__", "__index__", "__float__", "__bytes__", "__dir__"),
    *("__sizeof__", "__reduce_ex__", "__getattr__", "__getattribute__", "__instancecheck__"),
    *("__subclasscheck__", "__fspath__", "__array__", "keys", "items", "utcoffset", "tzname"),
)


def _trap(name: str) -> Any:
    def called(*args: object, **kwargs: object) -> Any:
        CALLS.append(name)
        raise AssertionError(f"{name} was called")

    return called


def _traps() -> dict[str, Any]:
    traps: dict[str, Any] = {name: _trap(name) for name in SPECIAL}
    traps["__class__"] = property(_trap("__class__"))
    traps["__dict__"] = property(_trap("__dict__"))
    traps["name"] = property(_trap("name"))
    return traps


Hostile = type("Hostile", (), _traps())


class Meta(type):
    """Says something else about its classes than they are."""


def _hostile_subclass(base: type) -> type:
    return type(f"My{base.__name__.capitalize()}", (base,), _traps())


@pytest.fixture(autouse=True)
def _nothing_called() -> Any:
    CALLS.clear()
    yield
    assert CALLS == []


def _redactors() -> list[Redactor | None]:
    active = Redactor()
    active.add_secret("a secret that is not there")
    return [None, Redactor(), active]


# --- never any user code -----------------------------------------------------------------------


@pytest.mark.parametrize("redactor", _redactors())
def test_object_with_every_hook_is_shown_by_name(redactor: Redactor | None) -> None:
    value = Hostile()
    assert snapshot(value, redactor) == "<Hostile>"
    assert snapshot([value, {"k": value}, (value,)], redactor) == (
        "[<Hostile>, {'k': <Hostile>}, (<Hostile>,)]"
    )
    assert is_mutable_builtin(value) is False


@pytest.mark.parametrize("redactor", _redactors())
@pytest.mark.parametrize(
    ("base", "args"),
    [
        (str, ("text",)),
        (bytes, (b"text",)),
        (int, (7,)),
        (float, (7.5,)),
        (list, ([1, 2],)),
        (tuple, ((1, 2),)),
        (set, ()),
        (frozenset, ()),
        (dict, ()),
        (collections.OrderedDict, ()),
        (collections.defaultdict, ()),
        (collections.deque, ()),
        (datetime.datetime, (2024, 1, 1)),
        (decimal.Decimal, ("1.5",)),
        (types.ModuleType, ("mine",)),
    ],
)
def test_subclass_of_a_builtin_is_a_user_object(
    base: type, args: tuple[Any, ...], redactor: Redactor | None
) -> None:
    cls = _hostile_subclass(base)
    value = cls(*args)
    assert snapshot(value, redactor).startswith(f"<My{base.__name__.capitalize()}")
    assert is_mutable_builtin(value) is False


def test_hostile_metaclass_is_not_asked() -> None:
    cls = Meta("Plain", (), {})
    value = cls()
    for name in ("__hash__", "__eq__", "__instancecheck__", "__repr__", "__getattribute__"):
        setattr(Meta, name, _trap(name))
    try:
        assert snapshot(value) == "<Plain>"
        assert snapshot(cls) == "<class Plain>"
        assert snapshot({"a": [cls, value]}) == "{'a': [<class Plain>, <Plain>]}"
        assert is_mutable_builtin(value) is False
    finally:
        for name in ("__hash__", "__eq__", "__instancecheck__", "__repr__", "__getattribute__"):
            delattr(Meta, name)


def test_metaclass_with_its_own_name() -> None:
    class Liar(type):
        @property
        def __name__(cls) -> str:  # type: ignore[override]
            CALLS.append("__name__")
            return "Lie"

        @property
        def __mro__(cls) -> Any:
            CALLS.append("__mro__")
            return ()

    cls = Liar("Truth", (), {})
    assert snapshot(cls) == "<class Truth>"
    assert snapshot(cls()) == "<Truth>"


def test_names_of_a_str_subclass_are_made_plain() -> None:
    class Loud(str):
        def __format__(self, spec: str) -> str:
            CALLS.append("format")
            return "?"

        __str__ = __repr__ = __len__ = _trap("name")

    def function() -> None: ...

    class Thing: ...

    function.__name__ = Loud("quiet")
    Thing.__name__ = Loud("Quiet")
    assert snapshot(function) == "<function quiet>"
    assert snapshot(Thing) == "<class Quiet>"
    assert snapshot(Thing()) == "<Quiet>"


def test_keys_are_neither_hashed_nor_compared() -> None:
    armed = False

    class Key:
        def __hash__(self) -> int:
            if armed:
                CALLS.append("hash")
            return 1

        def __eq__(self, other: object) -> bool:
            CALLS.append("eq")
            return self is other

    mappings: list[Any] = [
        {Key(): 1},
        collections.OrderedDict({Key(): 1}),
        collections.defaultdict(None, {Key(): 1}),
        collections.Counter([Key()]),
        {Key()},
        frozenset({Key()}),
    ]
    armed = True
    for value in mappings:
        assert "<Key>" in snapshot(value)


def test_module_with_its_own_getattr() -> None:
    module = types.ModuleType("lazy")
    module.__dict__["__getattr__"] = _trap("__getattr__")
    assert snapshot(module) == "<module lazy>"
    del module.__dict__["__name__"]
    assert snapshot(module) == "<module>"


def test_user_time_zone_is_named() -> None:
    class Zone(datetime.tzinfo):
        utcoffset = dst = tzname = __repr__ = _trap("tzinfo")

    assert (
        snapshot(datetime.datetime(2024, 1, 2, 3, 4, tzinfo=Zone())) == "2024-01-02 03:04:00 Zone"
    )
    assert snapshot(datetime.time(3, 4, tzinfo=Zone())) == "03:04:00 Zone"


def test_class_that_calls_itself_a_library_type() -> None:
    fake = type("DataFrame", (), {"__module__": "pandas", **_traps()})
    assert snapshot(fake()) == "<DataFrame>"
    assert is_mutable_builtin(fake()) is False


# --- objects by name ---------------------------------------------------------------------------


class Order:
    def __init__(self) -> None:
        self._cache = None
        self.id = 1
        self.items: list[str] = []
        self.total = 9.5


class Slotted:
    __slots__ = ("left", "right")


class Colour(enum.Enum):
    RED = 1


class Access(enum.Flag):
    READ = 1
    WRITE = 2


Point = collections.namedtuple("Point", "x y")


def test_objects_are_shown_with_their_public_attributes() -> None:
    assert snapshot(Order()) == "<Order: id, items, total>"
    assert snapshot(Slotted()) == "<Slotted: left, right>"
    assert snapshot(Point(1, 2)) == "<Point: x, y>"
    assert snapshot(types.SimpleNamespace(a=1)) == "<SimpleNamespace: a>"
    many = types.SimpleNamespace(**{f"name{n}": n for n in range(50)})
    assert snapshot(many) == "<SimpleNamespace: name0, name1, name2, name3, name4, name5, …>"


def test_enum_members() -> None:
    assert snapshot(Colour.RED) == "Colour.RED"
    assert snapshot(Colour) == "<class Colour>"
    assert snapshot(Access.READ | Access.WRITE) == "Access.READ|WRITE"


def test_exceptions_show_their_arguments() -> None:
    class Refused(ValueError):
        __str__ = __repr__ = _trap("str")

    assert snapshot(ValueError("bad", 3)) == "ValueError('bad', 3)"
    assert snapshot(Refused("bad")) == "Refused('bad')"
    assert snapshot(Refused(Order())) == "Refused(<Order: id, items, total>)"
    assert snapshot(KeyError()) == "KeyError()"


def test_code_is_shown_by_name() -> None:
    def numbers() -> Any:
        yield 1

    assert snapshot(snapshot) == "<function snapshot>"
    assert snapshot(print) == "<function print>"
    assert snapshot(Order) == "<class Order>"
    assert snapshot(Order().__init__) == "<method __init__>"  # type: ignore[misc]
    assert snapshot(sys) == "<module sys>"
    assert snapshot(numbers()) == "<generator numbers>"
    assert snapshot(functools.partial(print, 1)) == "<partial of <function print>>"


def test_class_redefined_under_the_same_name_is_another_class() -> None:
    def define(attribute: str) -> Any:
        return type("Thing", (), {"__slots__": (attribute,)})

    assert [snapshot(define(name)()) for name in ("a", "b", "c")] == [
        "<Thing: a>",
        "<Thing: b>",
        "<Thing: c>",
    ]


# --- built-in types ----------------------------------------------------------------------------


@pytest.mark.parametrize("redactor", _redactors())
@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "None"),
        (True, "True"),
        (-5, "-5"),
        (1.5, "1.5"),
        (1 + 2j, "(1+2j)"),
        (..., "Ellipsis"),
        ("it's", '"it\'s"'),
        ("a\nb", "'a\\nb'"),
        (b"\x00a", "b'\\x00a'"),
        (bytearray(b"a"), "bytearray(b'a')"),
        ([], "[]"),
        ([1, "a"], "[1, 'a']"),
        ((1,), "(1,)"),
        ((), "()"),
        ({}, "{}"),
        ({"a": {"b": 1}}, "{'a': {'b': 1}}"),
        (set(), "set()"),
        ({3, 1, 2}, "{1, 2, 3}"),
        (frozenset({"b", "a"}), "frozenset({'a', 'b'})"),
        (range(3), "range(0, 3)"),
        (range(0, 9, 3), "range(0, 9, 3)"),
        (slice(1, None), "slice(1, None, None)"),
        (collections.deque([1]), "deque([1])"),
        (collections.defaultdict(list, a=[1]), "defaultdict(<class list>, {'a': [1]})"),
        (collections.OrderedDict(a=1), "OrderedDict({'a': 1})"),
        (collections.Counter("aab"), "Counter({'a': 2, 'b': 1})"),
        (datetime.date(2024, 1, 2), "2024-01-02"),
        (datetime.timedelta(days=3), "3 days, 0:00:00"),
        (datetime.datetime(2024, 1, 2, tzinfo=datetime.UTC), "2024-01-02 00:00:00 UTC"),
        (
            datetime.datetime(2024, 1, 2, tzinfo=zoneinfo.ZoneInfo("Europe/Oslo")),
            "2024-01-02 00:00:00 Europe/Oslo",
        ),
        (decimal.Decimal("1.50"), "Decimal('1.50')"),
        (fractions.Fraction(1, 3), "Fraction(1, 3)"),
        (pathlib.PurePosixPath("a/b"), "PurePosixPath('a/b')"),
        (uuid.UUID(int=1), "UUID('00000000-0000-0000-0000-000000000001')"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_builtin_values(value: Any, text: str, redactor: Redactor | None) -> None:
    assert snapshot(value, redactor) == text


def test_ordered_dict_keeps_its_own_order() -> None:
    value = collections.OrderedDict(a=1, b=2)
    value.move_to_end("a")
    assert snapshot(value) == "OrderedDict({'b': 2, 'a': 1})"


def test_big_values_are_cut_and_say_how_big_they_are() -> None:
    text = snapshot("start" + "x" * 5000 + "end")
    assert text.startswith("'startxxx")
    assert text.endswith("xend' (5,008 characters)")
    assert "…" in text
    assert snapshot(10**5000) == "<int of about 5,001 digits>"
    assert snapshot(decimal.Decimal(10**5000)).startswith("<Decimal of about 10**5000")
    assert snapshot(list(range(1000))) == "[0, 1, 2, 3, 4, 5, …] (1,000 items)"
    assert snapshot(bytes(1000)).endswith("… (1,000 bytes)")
    assert snapshot(dict.fromkeys(range(1000))).endswith("…} (1,000 items)")
    assert snapshot("\U000e0001" * 150).endswith(" (150 characters)")


def test_nothing_is_longer_than_the_limit() -> None:
    long = type("N" * 500, (), {})
    values: list[Any] = [
        long,
        long(),
        "\0" * 300,
        [["y" * 90] * 9] * 9,
        {"k" * 300: {"v" * 300: "w" * 300}},
        [{"\0" * 50: ["\0" * 50] * 8}] * 8,
        ValueError("x" * 500, "y" * 500),
        pathlib.PurePosixPath("p" * 500),
        types.SimpleNamespace(**{"a" * 150: 1, "b" * 150: 2}),
        [[[[[[1]]]]]],
        10**119,
        slice("s" * 300, "t" * 300, "u" * 300),
    ]
    for value in values:
        assert len(snapshot(value)) <= LIMIT


def test_recursion_ends() -> None:
    ring: list[Any] = [1]
    ring.append(ring)
    assert snapshot(ring) == "[1, […]]"
    knot: dict[str, Any] = {}
    knot["self"] = knot
    assert snapshot(knot) == "{'self': {…}}"
    assert snapshot([[[[[1]]]]]) == "[[[[…]]]]"


def test_deep_stack_does_not_raise() -> None:
    def deeper() -> str:
        try:
            return deeper()
        except RecursionError:
            return snapshot([[[1]]])

    assert deeper() in ("[[[1]]]", "<unreadable>")


def test_containers_that_change_in_another_thread() -> None:
    shared: dict[int, int] = {}
    stop = threading.Event()

    def change() -> None:
        while not stop.is_set():
            for number in range(50):
                shared[number] = number
            shared.clear()

    thread = threading.Thread(target=change)
    thread.start()
    try:
        for _ in range(2000):
            assert snapshot(shared)[0] in "{<"
    finally:
        stop.set()
        thread.join()


def test_mutable_builtins() -> None:
    mutable: list[Any] = [[], {}, set(), bytearray(), collections.deque(), collections.Counter()]
    assert all(is_mutable_builtin(value) for value in mutable)
    immutable: tuple[Any, ...] = (1, "a", (), frozenset(), None, Order(), Colour.RED, Order, print)
    for value in immutable:
        assert not is_mutable_builtin(value)


# --- secrets -----------------------------------------------------------------------------------


def test_entries_under_secret_names_are_hidden() -> None:
    value = {"user": "ann", "db_password": "pw", "nested": {"API-Key": [1, 2]}}
    assert snapshot(value, Redactor()) == (
        f"{{'user': 'ann', 'db_password': {HIDDEN}, 'nested': {{'API-Key': {HIDDEN}}}}}"
    )


def test_secret_is_masked_before_the_text_is_cut() -> None:
    secret = "hunter2-" + "z" * 40
    redactor = Redactor()
    redactor.add_secret(secret)
    for before in range(0, 260, 3):
        for size in (100, 400, 9000):
            text = "." * before + secret + "." * size
            for value in (text, [text], {"a": text}, ValueError(text), text.encode()):
                shown = snapshot(value, redactor)
                assert "hunt" not in shown
                assert "zz" not in shown
                assert len(shown) <= LIMIT


def test_secret_at_the_end_of_a_very_long_string() -> None:
    redactor = Redactor()
    redactor.add_secret("correct horse")
    for after in range(0, 260, 3):
        shown = snapshot("." * 9000 + "correct horse" + "." * after, redactor)
        assert "cor" not in shown
        assert "orse" not in shown


def test_secret_numbers_and_paths() -> None:
    redactor = Redactor()
    redactor.add_secret(98765)
    redactor.add_secret("s3cr3t")
    assert snapshot(98765, redactor) == "[secret 1]"
    assert snapshot([1, 98765], redactor) == "[1, [secret 1]]"
    assert snapshot(198765, redactor) == "198765"
    assert snapshot(pathlib.PurePosixPath("/run/s3cr3t"), redactor) == (
        "PurePosixPath('/run/[secret 2]')"
    )


# --- libraries ---------------------------------------------------------------------------------


def test_numpy() -> None:
    np = pytest.importorskip("numpy")

    class Item:  # NumPy itself looks at what it is given, so this one has the display hooks only
        __repr__ = __str__ = __format__ = __eq__ = __bool__ = _trap("item")

    cases = {
        "<ndarray 3 x 4 int64: 0, 1, 2, 3, …>": np.arange(12, dtype="int64").reshape(3, 4),
        "<ndarray scalar float64: 5.0>": np.array(5.0),
        "<ndarray 0 float64>": np.array([]),
        "<ndarray 1 object>": np.array([Item()], dtype=object),
        "float64(1.5)": np.float64(1.5),
        "int32(3)": np.int32(3),
        "str_('ab')": np.str_("ab"),
        "bytes_(b'ab')": np.bytes_(b"ab"),
        "complex64(1j)": np.complex64(1j),
        "timedelta64(3 nanoseconds)": np.timedelta64(3, "ns"),
        "datetime64(2024-01-01)": np.datetime64("2024-01-01"),
    }
    for text, value in cases.items():
        assert snapshot(value) == text
    assert is_mutable_builtin(np.zeros(1))
    assert not is_mutable_builtin(np.float64(1))

    class Mine(np.ndarray):  # type: ignore[misc, name-defined]
        __repr__ = __len__ = _trap("ndarray")

    assert snapshot(np.zeros(3).view(Mine)) == "<Mine>"


def test_pandas() -> None:
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"day": [1, 2], "city": ["a", "b"]})
    cases = {
        "<DataFrame 2 x 2: day, city>": frame,
        "<DataFrame 0 x 0>": pd.DataFrame(),
        "<DataFrame 1 x 50: 0, 1, 2, 3, 4, 5, …>": pd.DataFrame({n: [1] for n in range(50)}),
        "<Series 2 int64 'day'>": frame["day"],
        "<Series 1 category>": pd.Series(["a"], dtype="category"),
        "<Index 2: day, city>": frame.columns,
        "<RangeIndex 2: 0, 1>": frame.index,
        "<MultiIndex 1>": pd.MultiIndex.from_tuples([(1, 2)]),
        "Timestamp(2020-01-02 00:00:00)": pd.Timestamp("2020-01-02"),
        "Timestamp(2020-01-02 00:00:00 UTC)": pd.Timestamp("2020-01-02", tz=datetime.UTC),
        "NaT": pd.NaT,
        "<NA>": pd.NA,
        "Timedelta(1 days 00:00:00)": pd.Timedelta("1D"),
    }
    for text, value in cases.items():
        assert snapshot(value) == text
    assert is_mutable_builtin(frame)
    assert is_mutable_builtin(frame["day"])
    assert not is_mutable_builtin(frame.index)


def test_a_data_frame_that_changes_in_place_is_shown_as_it_is() -> None:
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"day": [1, 2, 3], "city": ["a", "b", "c"]})
    assert snapshot(frame) == "<DataFrame 3 x 2: day, city>"
    frame["units"] = 7
    assert snapshot(frame) == "<DataFrame 3 x 3: day, city, units>"
    frame.columns = ["Tag", "Ort", "Zahl"]
    assert snapshot(frame) == "<DataFrame 3 x 3: Tag, Ort, Zahl>"
    for rows in (4, 5):
        frame.loc[rows - 1] = [9, "d", 7]
        assert snapshot(frame) == f"<DataFrame {rows} x 3: Tag, Ort, Zahl>"
    del frame["Tag"]
    assert snapshot(frame) == "<DataFrame 5 x 2: Ort, Zahl>"


def test_pandas_holding_the_users_objects() -> None:
    pd = pytest.importorskip("pandas")

    class Label:
        def __hash__(self) -> int:
            return 1

        def __eq__(self, other: object) -> bool:
            return self is other

        __repr__ = __str__ = __format__ = _trap("label")

    frame = pd.DataFrame([[1]], columns=pd.Index([Label()], dtype=object))
    assert snapshot(frame) == "<DataFrame 1 x 1: <Label>>"

    class Labels:
        __slots__ = ()  # nor can it be referred to weakly
        __len__ = __iter__ = __getitem__ = _trap("labels")

    frame = pd.DataFrame({"a": [1]})
    frame.columns._data = Labels()
    assert snapshot(frame) == "<DataFrame 1 x ?>"

    class Frame(pd.DataFrame):  # type: ignore[misc, name-defined]
        __repr__ = __len__ = __bool__ = _trap("frame")

    assert snapshot(Frame({"a": [1]})).startswith("<Frame")
    assert not is_mutable_builtin(Frame({"a": [1]}))


def test_polars() -> None:
    pl = pytest.importorskip("polars")
    frame = pl.DataFrame({"day": [1, 2], "city": ["a", "b"]})
    assert snapshot(frame) == "<polars.DataFrame 2 x 2: day, city>"
    assert snapshot(frame["day"]) == "<polars.Series 2 Int64 'day'>"
    assert snapshot(frame.lazy()) == "<LazyFrame>"


def test_pillow() -> None:
    image = pytest.importorskip("PIL.Image")
    assert snapshot(image.new("RGB", (3, 4))) == "<Image 3 x 4 RGB>"
