"""Dates as people and machines write them, to a partial ISO date. Nothing is invented: a month stays a month."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

EARLIEST = 1990
"""No web page is older; PDF reports may be (`parse_date`'s ``earliest``)."""

_MONTHS_BY_LANGUAGE = (
    "january february march april may june july august september october november december",
    "jan feb mar apr may jun jul aug sept oct nov dec",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "jänner feber mrz apr mai jun jul aug sep okt nov dez",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "janv févr mars avr mai juin juil aout sept oct nov déc",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "ene feb mar abr may jun jul ago setiembre oct nov dic",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "gen feb mar apr mag giu lug ago set ott nov dic",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "jan fev mar abr mai jun jul ago set out nov dez",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "jan feb mrt apr mei jun jul aug sep okt nov dec",
    "januar februar marts april maj juni juli august september oktober november december",
    "januari februari mars april maj juni juli augusti september oktober november december",
    "januar februar mars april mai juni juli august september oktober november desember",
    "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta "
    "marraskuuta joulukuuta",
    "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "ledna února března dubna května června července srpna září října listopadu prosince",
    "január február március április május június július augusztus szeptember október november december",
    "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
    "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    "ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου νοεμβρίου "
    "δεκεμβρίου",
    "януари февруари март април май юни юли август септември октомври ноември декември",
    "siječnja veljače ožujka travnja svibnja lipnja srpnja kolovoza rujna - studenoga prosinca",
    "januar februar mart april maj jun jul avgust septembar oktobar novembar decembar",
    "januarja februarja marca aprila maja junija julija avgusta septembra oktobra novembra decembra",
    "januára februára marca apríla mája júna júla augusta septembra októbra novembra decembra",
    "sausio vasario kovo balandžio gegužės birželio liepos rugpjūčio rugsėjo spalio lapkričio gruodžio",
    "janvāris februāris marts aprīlis maijs jūnijs jūlijs augusts septembris oktobris novembris decembris",
    "jaanuar veebruar märts aprill mai juuni juuli august september oktoober november detsember",
    "janúar febrúar mars apríl maí júní júlí ágúst september október nóvember desember",
    "gener febrer març abril maig juny juliol agost setembre octubre novembre desembre",
    "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    "มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม",
    "जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर",
    "januari februari mac april mei jun julai ogos september oktober november disember",
    "januari februari maret april mei juni juli agustus september oktober november desember",
)
# Croatian "listopada" is missing above: it is October there and November in Polish, which more pages are in.
MONTHS = {word: n for line in _MONTHS_BY_LANGUAGE for n, word in enumerate(line.split(), 1)}

_NAME = r"((?:[^\W\d_]|[\u0900-\u094f\u0e31-\u0e4e]){3,14})\.?"
_ISO = re.compile(r"^\D{0,3}((?:19|20)\d\d)-(\d{1,2})(?:-(\d{1,2}))?(?!\d)")
_COMPACT = re.compile(r"^((?:19|20)\d\d)([01]\d)([0-3]\d)(?:\d{4,6}|T\d.*)?$")
_YMD = re.compile(r"(?<!\d)((?:19|20)\d\d)\s?[-/.年년]\s?(\d{1,2})\s?[-/.月월]\s?(\d{1,2})(?!\d)")
_DMY = re.compile(r"(?<!\d)(\d{1,2})\s?[-/.]\s?(\d{1,2})\s?[-/.]\s?((?:19|20)\d\d)(?!\d)")
_DAY_NAME_YEAR = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th|er|º|°|\.|-?го)?[\s,-]+(?:de\s+|of\s+)?{_NAME},?[\s-]+(?:de\s+|"
    rf"del\s+)?((?:19|20)\d\d)(?!\d)"
)
_NAME_DAY_YEAR = re.compile(rf"{_NAME}\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+((?:19|20)\d\d)(?!\d)")
_YEAR_NAME_DAY = re.compile(rf"(?<!\d)((?:19|20)\d\d)\.?\s+{_NAME}\s+(\d{{1,2}})(?!\d)")
_NAME_YEAR = re.compile(rf"{_NAME},?\s+(?:de\s+|of\s+)?((?:19|20)\d\d)(?!\d)")
_THAI_YEAR = re.compile(r"(?<=[\u0e01-\u0e4e. ])25[3-9]\d(?!\d)")
_YEAR = re.compile(r"^\s*((?:19|20)\d\d)\s*$")
_EPOCH = re.compile(r"^\s*(\d{10}|\d{13})(?:\.\d+)?\s*$")


def parse_date(value: str | None, earliest: int = EARLIEST, month_first: bool = False) -> str | None:
    """The first date in the string as ``YYYY-MM-DD``, ``YYYY-MM`` or ``YYYY``; None where there is none, or it lies
    in the future.

    The day is the writer's own: an ISO time keeps the day of its own time zone. ``month_first`` reads ``03/04/2021``
    the American way.
    """
    if not value:
        return None
    value = _THAI_YEAR.sub(_from_buddhist, value.strip()[:300])
    found = _machine(value) or _numeric(value, month_first) or _in_words(value)
    return found if found and plausible(found, earliest) else None


def plausible(partial: str, earliest: int = EARLIEST) -> bool:
    """Not before ``earliest`` and not in the future (a day's grace: it is tomorrow already somewhere)."""
    limit = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    return int(partial[:4]) >= earliest and partial <= limit[: len(partial)]


def partial_iso(year: int, month: int | None = None, day: int | None = None) -> str | None:
    """Numbers to a partial ISO date; None where they are no date."""
    if month is None:
        return f"{year:04}"
    try:
        whole = date(year, month, day or 1)
    except ValueError:
        return None
    return whole.isoformat() if day else f"{year:04}-{month:02}"


def _from_buddhist(match: re.Match[str]) -> str:
    """Thai pages count years from 543 before the common era; nothing else is dated that far ahead."""
    return str(int(match[0]) - 543)


def _machine(value: str) -> str | None:
    if match := _ISO.match(value):
        year, month, day = match.groups()
        return partial_iso(int(year), int(month), int(day) if day else None)
    if match := _COMPACT.match(value):
        return partial_iso(*map(int, match.groups()))
    if match := _EPOCH.match(value):
        seconds = int(match[1]) / (1000 if len(match[1]) == 13 else 1)
        return datetime.fromtimestamp(seconds, UTC).date().isoformat()
    if match := _YEAR.match(value):
        return match[1]
    return None


def _numeric(value: str, month_first: bool) -> str | None:
    if match := _YMD.search(value):
        return partial_iso(*map(int, match.groups()))
    if match := _DMY.search(value):
        one, two, year = map(int, match.groups())
        american = two > 12 or (month_first and one <= 12)
        return partial_iso(year, one, two) if american else partial_iso(year, two, one)
    return None


def _in_words(value: str) -> str | None:
    lowered = value.casefold()
    for pattern, order in (
        (_DAY_NAME_YEAR, "dmy"),
        (_NAME_DAY_YEAR, "mdy"),
        (_YEAR_NAME_DAY, "ymd"),
        (_NAME_YEAR, "my"),
    ):
        for match in pattern.finditer(lowered):
            parts = dict(zip(order, match.groups(), strict=True))
            month = _month(parts["m"])
            if month is None:
                continue
            day = int(parts["d"]) if "d" in parts else None
            if found := partial_iso(int(parts["y"]), month, day):
                return found
    return None


def _month(word: str) -> int | None:
    return MONTHS.get(word) or MONTHS.get(word[:3] if len(word) == 4 else word)
