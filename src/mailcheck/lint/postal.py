"""Postal addresses in text: streets, boxes and postcodes as many countries write them.

What is looked for is any sign of one: the rule that asks speaks only where there is none at all. Every pattern begins
with something rare and is bounded, so a search is linear.
"""

import re
from collections.abc import Iterable
from functools import cache

from mailcheck.data.footers import holds_postal_tag
from mailcheck.lint.document import Body
from mailcheck.lint.template import COMMENT
from mailcheck.lint.unsubscribing import may_hold_more

MAX_TEXT = 400_000
"""Characters of a message that are searched."""

_STREETS = (
    # English: 12 Main Street, 1600 Amphitheatre Pkwy, 221b Baker St.
    r"\b\d{1,6}[A-Za-z]?,? (?:[A-Z0-9][\w.'’-]{0,30} ){1,4}(?:Street|STREET|St|Avenue|AVENUE|Ave|Road|ROAD|Rd|Boulevard|Blvd|"
    r"Lane|Ln|Dr|Terrace|Parkway|Pkwy|Highway|Hwy|Crescent|Mews|Quay|Wharf|Broadway|Esplanade|Parade)\b",
    # The same words that begin other things too count at the end of a line or before a comma only.
    r"\b\d{1,6}[A-Za-z]?,? (?:[A-Z0-9][\w.'’-]{0,30} ){1,3}(?:Drive|Way|Court|Ct|Place|Pl|Square|Sq|Circle|Close|Gardens|"
    r"Grove|Hill|House|Park|Row|Walk|Yard|Circuit|Loop|Trail|Plaza)(?=\.?(?:,| ?[|·•–]|\Z))",
    r"\b(?:Suite|Ste\.?|Unit|Floor|Level|Building|Bldg\.?) ?\#?\d{1,5}[A-Za-z]?(?=,| ?[|·•–])",
    # German: Hauptstr. 5; Am Markt 3, 28195 Bremen
    r"(?i:(?<=[^\W\d_])(?:straße|strasse|str\.) ?\d{1,4})",
    r"\b(?:Straße|Strasse|STRASSE|Str\.|Platz|Allee) ?(?:[^\W\d_][\w.-]{1,30} ){0,4}\d{1,3}\b(?! ?%)",
    r"\b[A-ZÄÖÜ][^\W\d_]{1,30}(?:weg|platz|allee|gasse|ring|damm|ufer|chaussee|promenade|graben|steig|kai|markt) \d{1,3}[a-z]?\b(?! ?[%€])",
    r"\b(?:Am|An der|An den|Im|In der|Auf der|Auf dem|Zum|Zur|Unter den) (?:[A-ZÄÖÜ][\w.-]{1,30} ){1,3}\d{1,4} ?[a-z]?,? ?"
    r"(?:[·|–•-] ?)?(?:[A-Z]{1,2}-)?\d{4,5}\b",
    # French
    r"\b\d{1,5},? (?:bis |ter )?(?:rue|avenue|av\.|boulevard|bd|quai|chemin|impasse|allée|faubourg|place|cours|route|passage|"
    r"square|esplanade) (?:de la |de |du |des |la |le |les |aux? )?(?:[dl]['’] ?)?[A-ZÀÂÉÈÊÎÔ]",
    # Spanish, Catalan, Italian, Portuguese, Romanian: the word first, the number behind
    r"\b(?:C/|C\.|Calle|Avda\.?|Avenida|Av\.|Plaza|Pza\.?|Paseo|Carrer|Passeig|Rambla|Camino|Carretera|Polígono|Ronda|Travesía|"
    r"Calzada|Via|Viale|V\.le|Piazza|P\.zza|Piazzale|Corso|C\.so|Largo|Vicolo|Strada|Contrada|Località|Lungomare|Rua|R\.|"
    r"Travessa|Praça|Alameda|Estrada|Rodovia|Calea|Bulevardul|Bd\.|Str\.|Șoseaua) ?"
    r"(?:(?:[A-ZÀ-ÝȘȚ0-9][\w.'’ºª-]{0,25}|de[il]?|del+[ae']|de los|de las|dell['’]\w{1,20}|degli|d[aio]s?|la|las|los|el|y|e|i),? ){1,7}"
    r"(?:n\.?[ºo°]?\.? ?|nr\.? ?|nº ?|km ?|\#)?(?:\d{1,5}\b|s/n)",
    # Dutch, Nordic, Baltic: one word and a number
    r"\b[A-ZÅÄÖØÆ][^\W\d_]{1,30}(?:straat|laan|plein|gracht|kade|singel|dijk|steeg|weg|gatan|gata|vägen|torget|gränd|allén|"
    r"vej|gade|allé|plads|torv|veien|vei|gaten|torg|katu|tie|kuja|polku|maantee) \d{1,4}[a-zA-Z]?\b(?! ?[%€])",
    r"\b[A-ZĀČĒĢĪĶĻŅŠŪŽ][^\W\d_]{1,30} (?:iela|gatvė|g\.|tn|mnt|tänav|utca|u\.|út|útja|tér|körút|krt\.|rakpart|fasor) \d{1,4}",
    # Slavic, Turkish, Greek
    r"\b(?:ul|al|pl|os|nám)\. ?[A-ZŁŚŻČŠŽĆŹ]\w|\b(?:ulica|Ulica|aleja|Aleja|plac|Plac|náměstí|třída|ulice) [A-ZŁŚŻČŠŽĆŹ\d]",
    r"\b(?:ул|вул|просп|пер|наб|бул|пл)\. ?[А-ЯІЇЄ]|\b(?:улица|вулиця|пр-т|проспект|шоссе) ?[А-ЯІЇЄ]",
    r"\b[A-ZÇĞİÖŞÜ][^\W\d_]{1,30} (?:Mah\.|Mahallesi|Cad\.|Caddesi|Sok\.|Sokak|Sokağı|Sk\.|Bulvarı|Blv\.)",
    r"\b(?:οδός|Οδός|Λεωφόρος|λεωφόρος|Λεωφ\.) [Α-ΩΆ-Ώ]",
    # Asia, Middle East
    r"(?:〒|郵便番号) ?\d{3}-?\d{4}",
    r"[都道府県][^\s、。]{1,20}[市区町村郡]",
    r"[市区區][^\s,。]{1,20}(?:路|街|大道|道)[^\s,。]{0,10}\d{1,5} ?[号號弄]",
    r"[시군구] [^\s]{1,12}(?:로|길) \d{1,4}(?:-\d{1,4})?(?![\d%,원개일])",
    r"\b(?:[Jj]l\.|Jln\.?|Jalan|Lorong|Persiaran) [A-Z]",
    r"(?:ถนน|แขวง|เขต)",
    r"(?:רחוב|רח'|שדרות|שד') ",
    r"(?:شارع|ص\. ?ب|صندوق بريد|خیابان)",
    r"\b(?:[Qq]uận|[Pp]hường|[Đđ]ường) [A-ZĐ0-9]",
    r"\b(?:Plot|Sector) (?:No\.? ?)?\d{1,4},|\b[A-Z]\w{2,20} (?:Nagar|Marg|Vihar|Bagh)\b",
)
_BOXES = (
    r"(?i:\bp\.? ?o\.? ?box[ #:]{0,2}\w)",
    r"(?i:\b(?:g\.?p\.?o\.? box|private bag|locked bag|post office box|post box) \w)",
    r"(?i:\b(?:postfach|postbus|postboks|postboks|postilokero|boîte postale|apartado(?: de correos)?|apdo\.?|casella postale|"
    r"caixa postal|skr\. ?poczt\w*|skrytka pocztowa|poštovní přihrádka|a/я|абонентский ящик) ?\d{1,6}\b)",
    r"\b(?:BP|B\.P\.|CS|C\.P\.) ?\d{1,6}\b|\b(?:Box|PL) \d{1,6}(?:,| ?\|) ?\d{3}",
    r"(?:私書箱|邮政信箱|郵政信箱|사서함)",
)
_BEFORE = r"(?:[,|·•–]|\d[a-z]?,?) ?"
_PLACE = r"(?:St\. |Bad |Saint-|La |Le |Les |El |Den |'s-|’s-)?[A-ZÄÖÜÉÈÅØÆŁŚŻČŠŽ][^\W\d_]{2,}"
_POSTCODES = (
    r"\b(?:A[LKZR]|C[AOT]|D[CE]|FL|GA|HI|I[DLNA]|K[SY]|LA|M[EDAINSOT]|N[EVHJMYCD]|O[HKR]|P[AR]|RI|S[CD]|T[NX]|UT|V[TAI]|"
    r"W[AVIY]|GU),? \d{5}(?:-\d{4})?\b",
    r"\b[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z] \d[ABCEGHJ-NPRSTV-Z]\d\b",
    r"\b[A-Z]{1,2}\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2}\b",
    r"\b[AC-FHKNPRTV-Y]\d[\dW] [0-9AC-FHKNPRTV-Y]{4}\b",
    r"\b(?:NSW|VIC|QLD|SA|TAS|ACT|NT|WA),? \d{4}\b",
    r"\b(?:LV-\d{4}|LT-\d{5}|SE-\d{3} ?\d{2}|FI-\d{5}|DK-\d{4}|CH-\d{4}|AT-\d{4}|DE-\d{5}|FR-\d{5}|ES-\d{5}|IT-\d{5})\b",
    r"\b(?:D|A|CH|F|B|L|S|N|E|I|H|P|NL|DK|FL)-\d{4,5} [A-ZÄÖÜ]",
    r"[,|·•–] ?\d{4} ?[A-Z]{2} {1,2}[A-Z][^\W\d_]{2,}",
    _BEFORE + r"(?<!\d)(?!19[89]|20[0-4])\d{4} " + _PLACE,
    _BEFORE + r"(?<!\d)\d{5} " + _PLACE,
    r"[,|·•–] ?\d{3} \d{2} [A-ZÅÄÖČŠŽŘÚÁ][^\W\d_]{2,}",
    r"[,|·•–] ?\d{2}-\d{3} [A-ZŁŚŻ][^\W\d_]{2,}",
    r"\b\d{4}-\d{3} [A-ZÁÉÍÓÚ][^\W\d_]{2,}",
    r"\b(?:CEP:? ?)?\d{5}-\d{3}\b",
    r"\bSingapore \(?\d{6}\b|, ?[A-Z][^\W\d_]{2,20}(?: ?[-–] ?| )\d{3} ?\d{3}\b",
    r"\b\d{6},? (?:г\. ?)?[А-Я][а-яё]{2,}",
)
_TAG = re.compile(
    r"(?<![a-z])(?:(?:company|business|sender|organi[sz]ation|org|shop|store|site|account|merchant|brand|postal|mailing|physical|"
    r"street|office|legal|our|publication|publisher|workspace|tenant|vendor|seller|venue|imprint|impressum|footer|settings?|"
    r"config|contact|list|team|hotel|clinic|school|club)\w*[\s._:>-]{0,3}(?:\w{1,30}[._]){0,3}_?(?:full_?|postal_?|mailing_?|physical_?|"
    r"street_?|single_?line_?)?(?:address|addr|street|postcode|zip)|impressum|imprint|postal_?address|mailing_?address|"
    r"physical_?address|street_?address|adresse|anschrift|postanschrift|direcci[oó]n|indirizzo|endere[cç]o|address_?line)",
    re.IGNORECASE,
)
_NOT_POSTAL = re.compile(
    r"e-?mail|\bip|shipping|billing|delivery|customer|recipient|subscriber|order\.|user\.|to_addr|from_addr",
    re.IGNORECASE,
)


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in (*_BOXES, *_POSTCODES, *_STREETS))


def is_postal(text: str) -> bool:
    """Whether a text shows a street with a number, a box, or a postcode with its place."""
    lines = [" ".join(line.split()) for line in text[:MAX_TEXT].splitlines()]
    # An address may stand on several lines, and a source may break it anywhere: it is read in both ways.
    texts = dict.fromkeys((" | ".join(line for line in lines if line), " ".join(line for line in lines if line)))
    return any(pattern.search(each) for each in texts for pattern in _patterns())


def postal_address(bodies: Iterable[Body]) -> bool | None:
    """Whether a whole message shows a postal address, in words or by a tag; None where a tag may put one in."""
    unknown = False
    for body in bodies:
        if body.media not in {"html", "text"}:
            continue
        text = body.source.text
        if holds_postal_tag(text) or any(
            _is_postal_tag(text[tag.start : tag.end]) for tag in body.template.tags if tag.kind != COMMENT
        ):
            return True
        if body.media == "html" and any(
            element.tag == "address" or "postaladdress" in (element.get("itemtype") or "").lower()
            for element in body.elements
        ):
            return True
        if is_postal(body.visible_text):
            return True
        unknown = unknown or may_hold_more(body)
    return None if unknown else False


def _is_postal_tag(tag: str) -> bool:
    found = _TAG.search(tag[:500])
    return found is not None and not _NOT_POSTAL.search(tag[:500])
