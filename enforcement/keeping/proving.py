"""Proving a backup: it is whole and sealed, it can really be rebuilt, and what is in use can be held against it."""

import dataclasses
import json

from complaints.models import Caller, Draft, StagedSheets
from enforcement.keeping import files, rows, versions
from enforcement.keeping.restoring import keys_problem, rebuilt
from enforcement.keeping.running import ending_cleanly


@dataclasses.dataclass
class Proof:
    """What was found. `faults` speak against the backup; `differences` say where what is in use is another."""

    faults: list
    differences: list

    @property
    def stands(self):
        return not self.faults


def prove(archive):
    """Check every member, rebuild the whole beside what is in use, count and hash every table of it. Changes nothing."""
    with ending_cleanly():
        faults = archive.faults()
        if problem := keys_problem(archive):
            faults.append(problem)
        if not faults:
            with rebuilt(archive):
                pass
        return Proof(faults, [] if faults else differences(archive))


def differences(archive):
    """Where the database and the files in use do not hold what the archive does, as sentences. Rows that were only added after the
    others, as in every trail, are no difference; nor is what was forgotten because it was due."""
    if versions.applied() != archive.manifest["migrations"]:
        return [
            "The database in use is of another version than the backup: its rows cannot be held against each other."
        ]
    found = []
    for table, model in rows.models_by_table(versions.apps_at(archive.manifest["migrations"], "The database")).items():
        said = archive.tables[table]
        here = rows.content_of(model)
        if (here.rows, here.sha256) == (said["rows"], said["content"]):
            continue
        if here.rows > said["rows"] and rows.content_of(model, first=said["rows"]).sha256 == said["content"]:
            continue
        if _only_forgotten(archive, table, model):
            continue
        found.append(f"{table}: {said['rows']} rows in the backup, {here.rows} here, with other content.")
    words = {"missing": "is missing here", "other": "has another content here"}
    found += [f"{name} {words[how]}." for name, how in files.differing(archive.files).items()]
    return found


def _only_forgotten(archive, table, model):
    """Whether the rows of the archive are here but for what retention takes: of callers who they are, drafts and lists wholly."""
    if table not in {kind._meta.db_table for kind in (Caller, Draft, StagedSheets)}:
        return False
    names = [field.attname for field in rows.fields_of(model)]
    here = {row[0]: dict(zip(names, row, strict=True)) for row in rows.rows_of(model)}
    for line in archive.lines(table):
        row = json.loads(line)
        was, now = dict(zip(names, row, strict=True)), here.get(row[0])
        gone = now is None and table != Caller._meta.db_table
        if not gone and (now is None or now not in (was, _forgotten(was, now))):
            return False
    return True


def _forgotten(was, now):
    """The row of a caller as it is after he was forgotten, at the moment that the row `now` names."""
    when = now and now.get("anonymised_at")
    return {**was, **dict.fromkeys(Caller.FORGOTTEN, ""), "anonymised_at": when} if when else None
