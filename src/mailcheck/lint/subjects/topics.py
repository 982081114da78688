"""What a tag prints, as far as its name tells: it decides which evidence the tag stands in the place of."""

from mailcheck.model.pattern import regex

PERSON, LINK, ORDER, DATE, AMOUNT, OTHER = "person", "link", "order", "date", "amount", "other"
MAX_TAG = 300
"""Characters of a tag whose names are read."""
_CAMEL = regex(r"(?<=[a-z0-9])(?=[A-Z])")
_FILTERS = regex(r"\|(?!\*).*|\?\?.*|\|\|.*", 16)
_TOPICS = (
    (LINK, regex(r"(?:^|_)(?:urls?|links?|href|src|uri|unsub\w*|unsubscribe\w*|optout|archive"
                 r"|webversion|browser|preferences?|img|image|logo|asset|static|pixel|address"
                 r"|company|sender|brand|list|support|website|current_year|year)(?:_|$)")),
    (DATE, regex(r"(?:^|_)(?:dates?|ends?|until|expir\w*|deadline|valid\w*|days?|due|time|hours?"
                 r"|start\w*|when|at|on|bis|datum|fin|fecha|fim|scadenza|ende|einde|koniec"
                 r"|termin|bitis|tarih\w*)(?:_|$)")),
    (AMOUNT, regex(r"(?:^|_)(?:percent\w*|price\w*|amount\w*|discount\w*|total\w*|sum|cost\w*"
                   r"|value|rate|saving\w*|preis|prix|precio|preco|prezzo|prijs|cena|fiyat|rabatt?"
                   r"|remise|descuento|desconto|sconto|korting|indirim)(?:_|$)")),
    (ORDER, regex(r"(?:^|_)(?:orders?|invoice\w*|receipt\w*|tracking|shipment|parcel|booking"
                  r"|reservation|payment|transaction|number|no|id|ref\w*|code|ticket|card|account"
                  r"|iban|device|ip|location|login|otp|token|bestell\w*|rechnung\w*|commande"
                  r"|facture|pedido|factura|ordine|fattura|zamowieni\w*|siparis\w*)(?:_|$)")),
    (PERSON, regex(r"(?:^|_)(?:f?name|first|last|fname|lname|vname|given|surname|nick\w*|username"
                   r"|user|customer|contact|recipient|subscriber|email|mail|salutation|anrede"
                   r"|vorname|nachname|prenom|nom|nombre|nome|naam|voornaam|imie|ad|isim|greeting"
                   r"|firstname|lastname)(?:_|$)")),
)  # fmt: skip
_NOT_WORD = regex(r"[^A-Za-z0-9]+")


# The object whose name it is: user.name is a reader's, course.name is not.
_READERS = regex(
    r"(?:^|_)(?:users?|customers?|contacts?|recipients?|subscribers?|members?|person|clients?|leads?|profiles?|accounts?|me|to|"
    r"guests?|students?|patients?|employees?|data|vars?|params?|attributes?|merge|fields?|this|it|model|ctx|context|self|"
    r"kunde|client|cliente|klant|klient|musteri|first|last|full|f|l|v|given|nick|sur|user)_*\Z"
)
_NAME = regex(r"(?:^|_)(?:name|nombre|nome|nom|naam|ad|isim|email|mail)(?:_|$)")


def of_reader(text: str, expression: str) -> bool:
    """Whether a tag prints the reader's own name, as far as its own name tells: not that of a course or a shop."""
    if topic(text, expression) != PERSON:
        return False
    name = _named(text, expression).strip("_")
    match = _NAME.search(name)
    before = name[: match.start()] if match else ""
    return not before or _READERS.search(before) is not None


def topic(text: str, expression: str) -> str:
    """What the tag is about. A tag of an unknown name may print anything."""
    name = _named(text, expression)
    for found, pattern in _TOPICS:
        if pattern.search(name):
            return found
    return OTHER


def _named(text: str, expression: str) -> str:
    """The words of what a tag prints, without its filters: `user.firstName | upper` is user_first_name."""
    code = (expression or text)[:MAX_TAG]
    if not text.startswith("*|"):
        code = _FILTERS.sub("", code)
    return _NOT_WORD.sub("_", _CAMEL.sub("_", code)).lower()
