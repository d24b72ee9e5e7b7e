"""Countries that a text names: by name, by adjective, by the end of a host name."""

from __future__ import annotations

import re

_NAMES = """
AE United Arab Emirates, UAE, Emirati, Dubai, Abu Dhabi
AR Argentina, Argentine, Argentinian
AT Austria, Austrian
AU Australia, Australian, New South Wales, Queensland, Tasmania, Tasmanian
BD Bangladesh, Bangladeshi
BE Belgium, Belgian, Flemish, Flanders, Wallonia, Walloon
BG Bulgaria, Bulgarian
BR Brazil, Brazilian
CA Canada, Canadian, Ontario, Quebec, Québec, British Columbia, Alberta, Manitoba, Nova Scotia
CH Switzerland, Swiss
CL Chile, Chilean
CN China, Chinese
CO Colombia, Colombian
CY Cyprus, Cypriot
CZ Czechia, Czech
DE Germany, German, Bavaria, Bavarian, Saxony
DK Denmark, Danish
EE Estonia, Estonian
EG Egypt, Egyptian
ES Spain, Spanish, Catalonia, Catalan, Andalusia, Basque
ET Ethiopia, Ethiopian
FI Finland, Finnish
FR France, French
GB United Kingdom, UK, U.K., Britain, British, England, English, Scotland, Scottish, Wales, Welsh, Northern Ireland
GH Ghana, Ghanaian
GR Greece, Greek
HK Hong Kong
HR Croatia, Croatian
HU Hungary, Hungarian
ID Indonesia, Indonesian
IE Ireland, Irish
IL Israel, Israeli
IN India, Indian
IR Iran, Iranian
IS Iceland, Icelandic
IT Italy, Italian, Lombardy, Tuscany
JO Jordan, Jordanian
JP Japan, Japanese
KE Kenya, Kenyan
KR South Korea, Korea, Korean
KZ Kazakhstan, Kazakh
LB Lebanon, Lebanese
LT Lithuania, Lithuanian
LU Luxembourg, Luxembourgish
LV Latvia, Latvian
MA Morocco, Moroccan
MT Malta, Maltese
MX Mexico, Mexican
MY Malaysia, Malaysian
NG Nigeria, Nigerian
NL Netherlands, Dutch, Holland
NO Norway, Norwegian
NZ New Zealand
PE Peru, Peruvian
PH Philippines, Philippine, Filipino
PK Pakistan, Pakistani
PL Poland, Polish
PT Portugal, Portuguese
QA Qatar, Qatari
RO Romania, Romanian
RS Serbia, Serbian
RU Russia, Russian
RW Rwanda, Rwandan
SA Saudi Arabia, Saudi
SC Seychelles
SE Sweden, Swedish
SG Singapore, Singaporean
SI Slovenia, Slovenian
SK Slovakia, Slovak
TH Thailand, Thai
TR Türkiye, Turkey, Turkish
TW Taiwan, Taiwanese
TZ Tanzania, Tanzanian
UA Ukraine, Ukrainian
UG Uganda, Ugandan
US United States, USA, U.S., US, U.S.A., America, American, U.S. federal
VN Vietnam, Viet Nam, Vietnamese
ZA South Africa, South African
ZM Zambia, Zambian
ZW Zimbabwe, Zimbabwean
"""
CODES = {name: line[:2] for line in _NAMES.strip().splitlines() for name in line[3:].split(", ")}
_NAMED = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, sorted(CODES, key=len, reverse=True))) + r")(?!\w)")
_TLD = re.compile(r"^[a-z]+://(?:[^/@]*@)?[^/:?#]+\.([a-z]{2})(?=[/:?#]|$)", re.IGNORECASE)
_NO_COUNTRY = frozenset({"eu", "io", "co", "ai", "tv", "me", "ly", "to", "fm", "cc", "ws"})
"""Ends of host names that say nothing of a country."""


def countries_in(text: str) -> set[str]:
    """ISO 3166 codes of the countries that a text names, as words with their capitals."""
    return {CODES[found] for found in _NAMED.findall(text)}


def country_of_url(url: str) -> str | None:
    """The country whose domain a URL lies in; None where the end of the host says nothing."""
    found = _TLD.match(url)
    end = found[1].lower() if found else ""
    if not end or end in _NO_COUNTRY:
        return None
    return "GB" if end == "uk" else end.upper()
