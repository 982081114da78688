"""LEG: what the law asks of every marketing message."""

from mailcheck.lint.absence import dialect_tag, ending, marketing_message, whole_message
from mailcheck.lint.document import Document
from mailcheck.lint.postal import postal_address
from mailcheck.model.fix import steps
from mailcheck.model.rule import Result, rule
from mailcheck.model.severity import Severity

_TAGS = {
    "mailchimp": "*|LIST:ADDRESS|*",
    "ampscript": "%%Member_Busname%%, %%Member_Addr%%, %%Member_City%%, %%Member_State%% %%Member_PostalCode%%, %%Member_Country%%",
    "hubl": "{{ site_settings.company_name }}, {{ site_settings.company_street_address_1 }}, {{ site_settings.company_city }}",
}


@rule("LEG001", "postal-address-missing", Severity.ERROR, since="0.1", applies=marketing_message)
def postal_address_missing(document: Document) -> Result:
    """A marketing message shows no postal address of its sender.

    Why: The United States and Canada ask for a valid postal address in every marketing message, a post office box included. Mail services refuse campaigns without one.
    Bad:
    {marketing}
    <html><body>
    <p>All lamps 20 % off. <a href="https://shop-nord.de/u/4711">Unsubscribe</a></p>
    </body></html>
    Good:
    {marketing}
    <html><body>
    <p>All lamps 20 % off. <a href="https://shop-nord.de/u/4711">Unsubscribe</a></p>
    <p>Nord GmbH, Hafenstraße 12, 20459 Hamburg</p>
    </body></html>
    Fix: Write name and address of the sender into the footer, or the tag of your mail service that puts them there.
    References: 15 USC 7704(a)(5)(A)(iii); 16 CFR 316.2(p); CASL s. 6(2)(b); Electronic Commerce Protection Regulations (CRTC) s. 2
    """
    bodies = whole_message(document) or ()
    if postal_address(bodies) is not False:
        return
    body, start, end = ending(document)
    line = dialect_tag(bodies, _TAGS, "Your Company Ltd, 12 Main Street, 12345 City, Country")
    yield body.finding(
        "no postal address stands in this marketing message: the law of the United States and of Canada asks for one",
        start,
        end,
        fix=steps(
            "write name and address of the sender into the footer", line if body.media == "text" else f"<p>{line}</p>"
        ),
    )
