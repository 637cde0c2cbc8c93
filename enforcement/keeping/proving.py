"""Proving a backup: it is whole and sealed, it can really be rebuilt, and what is in use can be held against it."""

import dataclasses

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
    others, as in every trail, are no difference."""
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
        found.append(f"{table}: {said['rows']} rows in the backup, {here.rows} here, with other content.")
    words = {"missing": "is missing here", "other": "has another content here"}
    found += [f"{name} {words[how]}." for name, how in files.differing(archive.files).items()]
    return found
