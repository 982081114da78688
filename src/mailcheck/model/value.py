"""Data classes that cost nothing to define.

The standard `dataclass` writes each class's methods as source and compiles it, at every start: with the eighty classes
of a run, a third of the time of a hook. These do the same with methods that are shared. To a type checker, and to
`dataclasses.fields`, `replace`, `asdict` and `is_dataclass`, they are data classes; `docs/decisions/0007`.
"""

TYPE_CHECKING = False

if TYPE_CHECKING:
    from dataclasses import dataclass, field, replace

    __all__ = ["dataclass", "field", "replace"]
else:
    import sys
    from operator import attrgetter

    _MISSING = object()
    _NAMES = "__value_names__"

    class _Default:
        __slots__ = ("default", "factory", "repr")

        def __init__(self, default, factory, repr):
            self.default = default
            self.factory = factory
            self.repr = repr

        def make(self):
            return self.default if self.factory is None else self.factory()

    class _Fields:
        """`__dataclass_fields__` and `__dataclass_params__`, made by the standard library when somebody asks."""

        __slots__ = ("name",)

        def __init__(self, name):
            self.name = name

        def __get__(self, instance, owner):
            import dataclasses

            cls = owner if owner is not None else type(instance)
            specifications = []
            for name, annotation, default in cls.__value_fields__:
                if default is _MISSING:
                    specifications.append((name, annotation))
                elif isinstance(default, _Default):
                    given = {"default": default.default} if default.factory is None else {}
                    given |= {} if default.factory is None else {"default_factory": default.factory}
                    specifications.append((name, annotation, dataclasses.field(repr=default.repr, **given)))
                else:
                    specifications.append((name, annotation, dataclasses.field(default=default)))
            frozen = cls.__value_frozen__
            try:
                made = dataclasses.make_dataclass(cls.__name__, specifications, frozen=frozen)
            except TypeError:
                # A class may give a field of its base no default, behind one that has one.
                made = dataclasses.make_dataclass(cls.__name__, specifications, frozen=frozen, kw_only=True)
            return getattr(made, self.name)

    class _Signature:
        """`__signature__`, made when somebody asks."""

        def __get__(self, instance, owner):
            if instance is not None:
                raise AttributeError("__signature__")
            from inspect import Parameter, Signature

            factory = type("<factory>", (), {"__repr__": lambda _self: "<factory>"})()
            return Signature(
                [
                    Parameter(
                        name,
                        Parameter.POSITIONAL_OR_KEYWORD,
                        annotation=annotation,
                        default=Parameter.empty
                        if default is _MISSING
                        else (default.default if default.factory is None else factory)
                        if isinstance(default, _Default)
                        else default,
                    )
                    for name, annotation, default in owner.__value_fields__
                ],
                return_annotation=None,
            )

    def field(*, default=_MISSING, default_factory=None, repr=True):
        """The default of a field or what makes it, and whether it is shown."""
        return default if default_factory is None and repr else _Default(default, default_factory, repr)

    def replace(value, /, **changes):
        """The same value with some fields changed."""
        names = getattr(type(value), _NAMES, None)
        if names is None:
            import dataclasses

            return dataclasses.replace(value, **changes)
        return type(value)(**({name: getattr(value, name) for name in names} | changes))

    def _init(self, *args, **kwargs):
        cls = type(self)
        setters = cls.__value_setters__
        if len(args) > len(setters):
            raise TypeError(f"{cls.__name__}() takes {len(setters)} arguments, but {len(args)} were given")
        given = len(args)
        for (_, put), item in zip(setters, args, strict=False):
            put(self, item)
        fields = cls.__value_fields__
        for number in range(given, len(setters)):
            name, put = setters[number]
            item = kwargs.pop(name, _MISSING)
            if item is _MISSING:
                item = fields[number][2]
                if item is _MISSING:
                    raise TypeError(f"{cls.__name__}() needs {name!r}")
                if item.__class__ is _Default:
                    item = item.make()
            put(self, item)
        if kwargs:
            name = next(iter(kwargs))
            what = "is given twice" if name in cls.__value_names__ else "is no field"
            raise TypeError(f"{cls.__name__}(): {name!r} {what}")

    def _frozen_set(self, name, value):  # noqa: ARG001  the form of the method
        from dataclasses import FrozenInstanceError

        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def _frozen_delete(self, name):  # noqa: ARG001  the form of the method
        from dataclasses import FrozenInstanceError

        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def _equal(self, other):
        if other.__class__ is not self.__class__:
            return NotImplemented
        return self.__class__.__value_get__(self) == other.__class__.__value_get__(other)

    def _hash(self):
        return hash(self.__class__.__value_get__(self))

    def _repr(self):
        shown = [name for name, _, given in self.__value_fields__ if not isinstance(given, _Default) or given.repr]
        items = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
        return f"{self.__class__.__qualname__}({items})"

    def _reduce(self):
        cls = self.__class__
        return cls, tuple(getattr(self, name) for name in cls.__value_names__)

    def _annotations(cls):
        if sys.version_info >= (3, 14):
            import annotationlib

            return annotationlib.get_annotations(cls, format=annotationlib.Format.FORWARDREF)
        return cls.__annotations__

    def dataclass(bare=None, /, *, frozen=False, slots=False):
        """Make a class a data class, as the standard decorator of this name does."""

        def make(cls):
            inherited = {each[0]: each for each in getattr(cls, "__value_fields__", ())}
            own = {
                name: (name, annotation, cls.__dict__.get(name, _MISSING))
                for name, annotation in _annotations(cls).items()
                if "ClassVar" not in str(annotation)
            }
            fields = tuple((inherited | own).values())
            names = tuple(each[0] for each in fields)
            left_out = {"__dict__", "__weakref__"}
            left_out |= {name for name, _, default in own.values() if slots or isinstance(default, _Default)}
            body = {name: each for name, each in cls.__dict__.items() if name not in left_out}
            if slots:
                body["__slots__"] = tuple(name for name in own if name not in inherited)
            body |= {
                "__value_fields__": fields,
                _NAMES: names,
                "__value_get__": staticmethod(_getter(names)),
                "__value_frozen__": frozen,
                "__dataclass_fields__": _Fields("__dataclass_fields__"),
                "__dataclass_params__": _Fields("__dataclass_params__"),
                "__signature__": _Signature(),
                "__match_args__": names,
            }
            methods = {"__init__": _init, "__repr__": _repr, "__eq__": _equal, "__reduce__": _reduce}
            if frozen:
                methods |= {"__setattr__": _frozen_set, "__delattr__": _frozen_delete, "__hash__": _hash}
            elif "__hash__" not in body:
                body["__hash__"] = None
            made = type(cls)(cls.__name__, cls.__bases__, {**methods, **body})
            made.__value_setters__ = tuple((name, _setter(made, name, slots=slots)) for name in names)
            return made

        return make if bare is None else make(bare)

    def _getter(names):
        if not names:
            return lambda _value: ()
        if len(names) == 1:
            get = attrgetter(names[0])
            return lambda value: (get(value),)
        return attrgetter(*names)

    def _setter(cls, name, *, slots):
        if slots:
            member = next(each.__dict__[name] for each in cls.__mro__ if name in each.__dict__)
            put = getattr(member, "__set__", None)
            if put is not None:
                return put
        return lambda self, item: object.__setattr__(self, name, item)

    __all__ = ["dataclass", "field", "replace"]
