"""Words that names of organisations and projects are made of."""

from __future__ import annotations


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


ENDINGS = _set("""
    inc ltd limited llc plc corp corporation co company gmbh ag se sa sas sarl srl spa bv nv ab as asa oy oyj aps a s e
    v kg kgaa hf ehf cic pty lp llp group holding holdings international therapeutics pharmaceuticals pharma
""")
"""Legal forms and descriptive endings that a short form leaves out (lower case, single words)."""

ORG_HEADS = _set("""
    University Universität Université College Hospital Hospitals Clinic Institute Institut Institution Foundation
    Association Federation Society Agency Ministry Department Council Commission Committee Board Bureau Authority
    Administration Centre Center Centers Alliance Network Cluster Consortium Union Trust Fund Bank Laboratory
    Laboratories Academy School Faculty Company Group Corporation Ventures Capital Partners Library Archives Museum
    Parliament Chamber Confederation Secretariat Directorate Forum Hub Incubator Organisation Organization Office
    Service Services Therapeutics Pharmaceuticals Biosciences Technologies Healthcare Municipality Government Region
""")
"""Head nouns of organisations."""

PROJECT_HEADS = _set("""
    Project Programme Program Initiative Challenge Campaign Call Framework Scheme Accelerator Action Mission Pilot
""")
"""Head nouns of projects."""

LINKS = _set("""
    of for and the in on at de la le les du des der die das und für & e et y i of' to von van den do da dos da del
    , - – . ( ) / + : ' ’ 's ’s @ | with an a by
""") | {"\n", "\n  "}
"""Words and signs that may stand between two parts of a name or between two names."""
