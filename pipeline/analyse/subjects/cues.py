"""Phrases by which a title or a first sentence shows what kind of document it stands over.

They are features: training says what each is worth where. Unlike the words of kinds.yaml they are patterns, and say
nothing by themselves.
"""

from __future__ import annotations

import re

LEAD_CHARACTERS, HEAD_CHARACTERS = 350, 250
"""The lead is what follows the title in the text; the head is where the text begins, crumbs and dates included."""
_PLACES = (("t", 1.0), ("l", 0.6), ("h", 0.4))
"""Title, lead, head, and the weight of a cue there."""
MOST = 3
"""More different cues of a kind in one place say no more."""

_CUES = {
    "partnership": r"""
        join(?:s|ed|ing)? join(?:ed)?_forces becom\w+_(?:(?:a|the|new)_)?(?:\w+_)?(?:member|part_of|partner|node)
        admit\w* new_members? team\w*_up partners?_(?:with|to|up) partnership partnering sign\w* agree\w* MoU
        memorandum alliance together collaborat\w+ co-?operat\w+ link\w*_up ties deal pact merge\w* acqui\w+ buys?
        bought takeover consortium unite\w* hand_in_hand accession integrat\w+_with
    """,
    "funding": r"""
        [€£$]_?\d[\d.,]* \d+_?(?:m|million|bn|billion) awarded grants? fund\w* raise[sd]? invest\w* open_call calls?
        budget prize proposals? challenge funders? fundrais\w+ invitation_for fellowships?
        donat\w+ vouchers? seed series_[AB] financ\w+ letters?_of_interest money subsid\w+
    """,
    "research": r"""
        study studies finds? found shows? trials? papers? publish\w* researchers? scientists? results? evidence
        articles? findings preprint discover\w* analys\w+ cohort reveals? patients_in risk genome maps patterns
        randomi\w+ survey data_show
    """,
    "product": r"""
        launch\w* releas\w* introduc\w* opens? available versions? updates? features? tools? apps? pilots? platform
        rollout roll\w*_out live beta package software service portal new upgrade\w* integration facility
        support_for robots? builds? built
    """,
    "event": r"""
        workshops? webinars? conferences? meetings? meet-?up meets? hackathons? summit symposi\w+ courses? days?
        invit\w+ regist\w+ forum hearing training school congress debate\w* agenda speakers? talks? join_us plenary
        seminar session events? networking programme takes?_place took_place gathered participants recap hackathons?
        (?:open|office)_hours save_the_date met_(?:in|for|at) came_to symposia lectures? abstracts
    """,
    "appointment": r"""
        appoint\w* named
        new_(?:(?:managing|executive|scientific)_)?(?:director|chair(?:man|woman)?|head|president|ceo|chief|board|leader|team_members?|colleague)
        to_(?:chair|lead|head|direct) helm elect\w* joins_(?:the_team|as) welcomes? steps?_down farewell
        succe(?:ed\w*|ssor) professor chief staff fellow deputy secretary medal honou?r\w* takes_over leaves
        retire\w* award
    """,
    "report": r"""
        newsletter digest round-?up reports? annual review year letter mail watch slides? overview figures
        brief(?:ing)? status outline monthly issue no\._?\d recap lessons white_paper strategy priorities insights?
        numbers anniversary highlights? summary update january february march april may june july august september
        october november december archive trends? findings
    """,
    "policy": r"""
        statement positions? consultation\w* recommend\w* polic\w+ laws? regulat\w+ act guid\w+ feedback input
        comments? code_of standards? principles governance rules? response must should declaration legislat\w+
        directive call(?:s|ed)?_(?:on|for) opinion framework mandate bill parliament minister\w* executive_order
        compliance strategy ethic\w* code_of_practice joint_statement pact urges? endorse\w* licen[cs]e privacy
    """,
    "profile": r"""
        about who_we_are what_we_do what_is portrait profile faq questions introduction meet mission our_members
        founded_in is_a_(?:\w+_)?(?:network|cluster|association|organi[sz]ation|alliance|body|non-profit)
        members'_area ecosystem contact team services vision companies in_a_nutshell history you_are_here skip_to
        sector who_is_(?:who|where) about_the_(?:cluster|alliance|network|programme) in_\w+_questions headquarters
        employees founded
    """,
    "other": r"""
        vacanc\w+ jobs? hiring tips how_to interview journey birthday thank\w* tutorial use_case winners? seeking
        seeks? request apply applications? deadline position tender why what guide ways example blog lessons using
        introduction_to certified salary competition challenge stor(?:y|ies)
    """,
}


def _pattern(cues: str) -> re.Pattern[str]:
    parts = "|".join(cues.split()).replace("_", " ")
    return re.compile(rf"(?<![\w-])(?:{parts})(?![\w-])", re.IGNORECASE)


_PATTERNS = {kind: _pattern(cues) for kind, cues in _CUES.items()}


def cues(title: str, text: str) -> dict[str, float]:
    """Return features ``c:PLACE:KIND``, by how many different cues stand there."""
    begin = " ".join(text[: 4 * (HEAD_CHARACTERS + LEAD_CHARACTERS)].split())
    heading = " ".join(title.split())
    at = begin.find(heading[:40]) if heading else -1
    after = at + len(heading) if at >= 0 else 0
    places = (heading, begin[after : after + LEAD_CHARACTERS], begin[:HEAD_CHARACTERS])
    features: dict[str, float] = {}
    for (place, weight), passage in zip(_PLACES, places, strict=True):
        for kind, pattern in _PATTERNS.items():
            number = len({match.group().lower() for match in pattern.finditer(passage)})
            if number:
                features[f"c:{place}:{kind}"] = weight * min(number, MOST)
    return features
