"""Words that say what a body is and what it deals with, but not which one it is."""

from __future__ import annotations

_INSTITUTIONS = """
academies academy accelerator administration agencies agency alliance archive archives associates association
associations authority bank board bureau campus center centers centre centres charity chapter clinic clinics
cluster club coalition collaboration collaborative college colleges commission commissions committee community
companies company conference confederation conservatory consortium cooperative council councils department
departments directorate district division enterprise facility faculty federation forum foundation foundations
fund gallery garden government group hospital hospitals house hub inspectorate institute institutes
institution institutions joint laboratories laboratory lab labs league library libraries ministry mission
museum museums network networks observatory office organisation organization park parliament partners
partnership polytechnic press programme program project registry research school schools secretariat section
service services society station survey system systems team trust unit undertaking union universities
university venture ventures zoo initiative platform
"""
_KINDS = """
academic advanced american applied central charitable chartered children childrens civil clinical
comprehensive cross european federal first free general global graduate great greater health healthcare higher
independent integrated international local main medical memorial metropolitan modern municipal national
nationale nations new northern north open private professional provincial public regional republic royal rural
scientific social south southern special specialist state states strategic technical technological united
universal urban west western eastern east women womens world young
"""
_SUBJECTS = """
accounting addiction affairs ageing aging agricultural agriculture aids air allergy analysis analytics animal
animals aquaculture arctic art arthritis artificial arts astronomy atmospheric atomic aviation bioinformatics
biological biology biomedical biomedicine biosciences biotechnology blood brain breast business cancer
cardiology cardiovascular care chemical chemistry child climate cognitive commerce communication
communications computational computer computing conservation consumer control crop culture cultural cyber data
defence defense dental dentistry design development diabetes diagnostics digestive digital disability disease
diseases drug drugs earth ecology economic economics economy education educational efficiency electronics emergency
employment energy engineering entrepreneurship environment environmental epidemiology equality ethics
evaluation excellence exploration external eye family film finance financial fire fisheries food foreign
forest forestry forests future genetic genetics genome genomics geological geology hearing heart heritage
history home housing human humanities imaging immunology industrial industry infectious informatics
information infrastructure innovation insurance integration intelligence interior internal investment justice
kidney labor labour land language law learning legal life living lung machine management manufacturing marine
maritime materials maternal mathematics mathematical medicine medicines mental metrology microbiology mining
mobility molecular music nano nanotechnology natural nature neurological neurology neuroscience nuclear nurses
nursing nutrition occupational ocean oceanography oncology orthopaedic paediatric pediatric performance
personal pharmaceutical pharmaceuticals pharmacy physical physics planning plant policy political population
prevention preventive primary product production products promotion protection psychiatry psychology quality
radiation regulation rehabilitation reproductive resources review revenue risk safety science sciences
security sensing skills soil space sport sports standards statistical statistics stroke structural student
students studies surgery sustainability sustainable tax teaching technologies technology telecommunications
therapeutic tourism trade training transfer transport transportation treasury tropical vaccine veterans
veterinary virology vision water weather welfare wildlife work workers youth supercomputer supercomputing
highway traffic archives records
"""
_SMALL = "a all and at by der des die du de da do e et for from in la le of on the to und with y"

GENERIC = frozenset(" ".join((_INSTITUTIONS, _KINDS, _SUBJECTS, _SMALL)).split())
"""A name of nothing but these is borne by many bodies, whether or not a register knows them all."""


def is_generic(key: str) -> bool:
    """Whether a name's key has no word that tells one body from another: "ministry of health", "alliance"."""
    return all(word in GENERIC or word.isdigit() for word in key.split())
