"""The tables of the determination; all of them lie on its own side of the wall."""

from workflows.determination.models.decision import Decision, Determination
from workflows.determination.models.evidence import Evidence, SourceConsent
from workflows.determination.models.file import Exploitation, File, FileNumber, Requirement
from workflows.determination.models.panel import Hearing, MemberProfile, Opinion, PanelMember

__all__ = [
    "Decision",
    "Determination",
    "Evidence",
    "Exploitation",
    "File",
    "FileNumber",
    "Hearing",
    "MemberProfile",
    "Opinion",
    "PanelMember",
    "Requirement",
    "SourceConsent",
]
