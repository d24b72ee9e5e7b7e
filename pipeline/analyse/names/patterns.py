"""Words that names of organisations and projects are made of."""

from __future__ import annotations

ENDINGS = frozenset(
    "inc ltd limited llc plc corp corporation co company gmbh ag se sa sas sarl srl spa bv nv ab as asa oy oyj aps a s e v"
    " kg kgaa hf ehf cic pty lp llp group holding holdings international therapeutics pharmaceuticals pharma".split()
)
"""Legal forms and descriptive endings that a short form leaves out (lower case, single words)."""

ORG_HEADS = frozenset(
    "University Universität Université College Hospital Hospitals Clinic Institute Institut Institution Foundation"
    " Association Federation Society Agency Ministry Department Council Commission Committee Board Bureau Authority"
    " Administration Centre Center Centers Alliance Network Cluster Consortium Union Trust Fund Bank Laboratory Laboratories"
    " Academy School Faculty Company Group Corporation Ventures Capital Partners Library Archives Museum Parliament"
    " Chamber Confederation Secretariat Directorate Forum Hub Incubator Organisation Organization Office Service Services"
    " Therapeutics Pharmaceuticals Biosciences Technologies Healthcare Healthineers Municipality Government Region".split()
)
"""Head nouns of organisations."""

PROJECT_HEADS = frozenset(
    "Project Programme Program Initiative Challenge Campaign Call Framework Scheme Accelerator Action Mission Pilot".split()
)
"""Head nouns of projects."""
