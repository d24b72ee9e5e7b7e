"""Sentences of our own with their gold inside: bodies in [brackets], projects in {braces}."""
# ruff: noqa: E501

from __future__ import annotations

from typing import NamedTuple


class Case(NamedTuple):
    """A text and what it states; None = nothing is stated between any two of its bodies."""

    text: str
    kind: str | None
    status: str = "signed"
    signed: str | None = None
    months: int | None = None
    parties: int = 2


PUBLISHED = "2023-06-15"  # a Thursday

CASES = [
    Case("[Alder Hospital] and [Birch University] signed a memorandum of understanding on Tuesday.", "mou", "signed", "2023-06-13"),
    Case("A memorandum of understanding between [Alder Institute] and [Birch Agency] was signed in March 2022.", "mou", "signed", "2022-03"),
    Case("[Alder Institute], [Birch Agency] and [Cedar Council] signed a letter of intent on 24 November.", "mou", "signed", "2022-11-24", None, 3),
    Case("[Alder Institute] has signed a memorandum of understanding with [Birch Agency].", "mou"),
    Case("[Alder Institute] and [Birch Agency] signed a memorandum of understanding that brings doctors and founders together for the next three years.", "mou", "signed", None, 36),
    Case("[Alder Institute] and [Birch Agency] signed an agreement to share their laboratories for two years.", "collaboration", "signed", None, 24),
    Case("[Alder Biotech] and [Birch University] have signed an MoU on training.", "mou"),
    Case("A letter of intent was signed by [Alder Hospital] and [Birch Clinic] earlier this month.", "mou", "signed", "2023-06"),
    Case("[Alder Pharma] has entered into a strategic partnership with [Birch University].", "collaboration"),
    Case("[Alder Pharma] teams up with [Birch University] to study ageing.", "collaboration"),
    Case("[Alder Institute] and [Birch Hospital] have joined forces.", "collaboration"),
    Case("[Alder Pharma] is collaborating with [Birch University] on vaccines.", "collaboration"),
    Case("[Alder]'s partnership with [Birch University] began in 2021.", "collaboration", "signed", "2021"),
    Case("The report was written in collaboration between [Alder Institute] and [Birch Network].", "collaboration"),
    Case("[Alder Institute] and [Birch Network] announced a two-year partnership.", "collaboration", "signed", None, 24),
    Case("[Alder Pharma] and [Birch Hospital] have worked together since 2019.", "collaboration", "signed", "2019"),
    Case("[Alder Institute], in partnership with [Birch Network], launched a course.", "collaboration"),
    Case("In cooperation with [Birch Network], [Alder Institute] opened a laboratory.", "collaboration"),
    Case("The workshop was organised by [Alder Institute] in collaboration with [Birch Network].", "collaboration"),
    Case("[Alder University] will work with [Birch Hospital] for the next three years.", "collaboration", "signed", None, 36),
    Case("The collaboration between [Alder University] and [Birch Hospital] runs for 24 months.", "collaboration", "signed", None, 24),
    Case("[Alder Pharma] and [Birch University] signed a collaboration agreement last month.", "collaboration", "signed", "2023-05"),
    Case("Yesterday [Alder Pharma] and [Birch University] announced a strategic alliance.", "collaboration", "signed", "2023-06-14"),
    Case("[Alder Pharma] and [Birch University] entered a five-year collaboration.", "collaboration", "signed", None, 60),
    Case("[Alder University], [Birch Hospital] and [Cedar Institute] are partners in the project.", "consortium", parties=3),
    Case("The consortium consists of [Alder University], [Birch Hospital] and [Cedar Institute].", "consortium", parties=3),
    Case("The project partners are [Alder University], [Birch Hospital], [Cedar Institute] and [Damson Ltd].", "consortium", parties=4),
    Case("Partners:\n- [Alder University]\n- [Birch Hospital]\n- [Cedar Institute]\n", "consortium", parties=3),
    Case("The consortium is led by [Alder University], with [Birch Hospital] and [Cedar Institute] as partners.", "consortium", parties=3),
    Case("[Alder University] coordinates the consortium, and [Birch Hospital] is a partner.", "consortium"),
    Case("Consortium: [Alder University], [Birch Hospital], [Cedar Institute].", "consortium", parties=3),
    Case("The consortium of [Alder University] and [Birch Hospital] runs the project.", "consortium"),
    Case("[Alder Cluster] has joined [Birch Alliance].", "membership"),
    Case("[Alder Cluster] is a member of the [Birch Alliance].", "membership"),
    Case("[Alder Cluster] became a member of [Birch Alliance] in 2020.", "membership", "signed", "2020"),
    Case("[Alder Institute] has been a node of [Birch Infrastructure] since 2018.", "membership", "signed", "2018"),
    Case("[Birch Alliance] welcomes [Alder Cluster] as a new member.", "membership"),
    Case("[Alder Cluster] joined the [Birch Network] on 1 March 2023.", "membership", "signed", "2023-03-01"),
    Case("[Alder Cluster] has been admitted to [Birch Network].", "membership"),
    Case("Among the members of [Birch Network] is [Alder University].", "membership"),
    Case("[Alder Foundation] awarded [Birch University] a grant of €2 million.", "funding"),
    Case("[Birch University] received a grant from [Alder Foundation].", "funding"),
    Case("{Project Larch} is funded by the [Alder Commission].", "funding"),
    Case("[Alder Fund] invested £5 million in [Birch Therapeutics].", "funding"),
    Case("[Birch Institute] is supported by a grant from [Alder Council].", "funding"),
    Case("The [Alder Ministry] finances {Project Larch}.", "funding"),
    Case("The {Larch} project has received funding from [Alder Foundation] for three years.", "funding", "signed", None, 36),
    Case("[Alder Ventures] led a seed round in [Birch Diagnostics].", "funding"),
    Case("[Birch Institute] is funded by [Alder Council].", "funding"),
    Case("With funding from [Alder Council], [Birch Institute] built a platform.", "funding"),
    Case("[Alder University] has licensed the test to [Birch Diagnostics].", "licence"),
    Case("[Alder Imaging] will supply scanners to [Birch Hospital] under a ten-year contract.", "licence", "signed", None, 120),
    Case("[Alder Pharma] signed a licence agreement with [Birch University].", "licence"),
    Case("[Birch Hospital] has signed a supply contract with [Alder Imaging].", "licence"),
    Case("[Alder Pharma] has acquired [Birch Diagnostics].", "acquisition"),
    Case("[Birch Diagnostics] was bought by [Alder Pharma] in 2018.", "acquisition", "signed", "2018"),
    Case("[Birch Diagnostics] was acquired by [Alder Pharma].", "acquisition"),
    Case("[Alder Cluster] has merged with [Birch Cluster].", "acquisition"),
    Case("[Alder Pharma] took over [Birch Diagnostics] last year.", "acquisition", "signed", "2022"),
    Case("[Alder Pharma] completed the acquisition of [Birch Diagnostics].", "acquisition"),
    Case("[Alder Pharma] and [Birch Imaging] have set up a joint venture.", "joint-venture"),
    Case("[Alder Pharma] and [Birch Imaging] run a joint venture in Asia.", "joint-venture"),
    Case("A joint venture of [Alder Pharma] and [Birch Imaging] was formed in 2017.", "joint-venture", "signed", "2017"),
    Case("[Alder Pharma] plans to acquire [Birch Diagnostics].", "acquisition", "planned"),
    Case("[Alder Institute] intends to sign a memorandum of understanding with [Birch Agency].", "mou", "planned"),
    Case("[Alder Hospital] and [Birch University] have renewed their cooperation.", "collaboration", "extended"),
    Case("[Alder Hospital] and [Birch University] extended their partnership for another two years.", "collaboration", "extended", None, 24),
    Case("The partnership between [Alder Hospital] and [Birch University] ended in 2020.", "collaboration", "ended"),
    Case("[Alder Hospital] did not sign anything with [Birch University].", None),
    Case("[Alder Pharma] denied that it was in talks with [Birch Diagnostics].", None),
    Case("Speakers from [Alder Pharma] and [Birch University] attended the congress.", None),
    Case("[Alder Pharma] competes with [Birch Diagnostics].", None),
    Case("[Alder Pharma] presented its figures. Later [Birch University] opened a library.", None),
    Case("According to [Alder News], shares of [Birch Pharma] fell.", None),
    Case("Jane Roe of [Alder Institute] and John Doe of [Birch Agency] gave a keynote.", None),
]  # fmt: skip
