"""A page without a fault, and one with a link that leads nowhere in line 9."""

GOOD = (
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Your parcel</title>\n</head>\n<body>\n'
    "<p>Your parcel is on its way.</p>\n"
    '<p><a href="https://www.nordlicht-shop.de/parcel">Track it</a></p>\n</body>\n</html>\n'
)
BAD = GOOD.replace("https://www.nordlicht-shop.de/parcel", "#")
