"""The tables about ourselves, one module for each subject."""

from enforcement.models.audit import AuditEntry
from enforcement.models.officers import Officer

__all__ = ["AuditEntry", "Officer"]
