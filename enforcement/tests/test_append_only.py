"""Facts stay as they were written: the model refuses, the database refuses, and nothing they hang on can be deleted."""

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.db.models import ProtectedError

from enforcement.models import AuditEntry
from venues.append_only import fact_models, fact_tables, missing_triggers, seed
from venues.models import FactGuard
from venues.transitions import Refused


@pytest.fixture
def entry(leader):
    return leader.leave_trail("export")


def raw(statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_fact_is_saved_once(entry):
    entry.act = "nothing"
    with pytest.raises(Refused):
        entry.save()


def test_a_fact_is_not_deleted(entry):
    with pytest.raises(Refused):
        entry.delete()


def test_a_fact_cannot_be_written_over_another_by_giving_its_key(entry, leader):
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEntry(pk=entry.pk, at=entry.at, act="forged").save()
    assert AuditEntry.objects.get(pk=entry.pk).act == "export"


def test_nor_while_the_guard_is_away(entry):
    FactGuard.objects.all().delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEntry(pk=entry.pk, at=entry.at, act="forged").save()


def test_a_queryset_cannot_change_facts(entry):
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEntry.objects.update(act="forged")


def test_a_queryset_cannot_delete_facts(entry):
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEntry.objects.all().delete()


@pytest.mark.parametrize(
    "statement", ["UPDATE enforcement_auditentry SET act = 'x'", "DELETE FROM enforcement_auditentry"]
)
def test_sql_by_hand_cannot_change_facts(entry, statement):
    with pytest.raises(IntegrityError):
        raw(statement)


@pytest.mark.sqlite
def test_replacing_a_row_is_a_change_too(entry):
    with pytest.raises(IntegrityError):
        raw(
            "INSERT OR REPLACE INTO enforcement_auditentry (id, act, at, recorded_at, about_type, about_id, address, detail) "
            f"SELECT id, 'x', at, recorded_at, '', '', '', '{{}}' FROM enforcement_auditentry WHERE id = {entry.pk}"
        )


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_emptying_the_table_is_a_deletion_too(entry):
    with pytest.raises(IntegrityError):
        raw("TRUNCATE enforcement_auditentry")


def test_without_the_guard_the_same_statements_pass(entry):
    """The control: it is the trigger that refuses, and nothing else."""
    FactGuard.objects.all().delete()
    raw("UPDATE enforcement_auditentry SET act = 'x'")
    raw("DELETE FROM enforcement_auditentry")
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("table", fact_tables())
def test_every_table_of_facts_has_its_triggers(db, table):
    assert table not in missing_triggers()


def test_the_tables_of_facts_are_these():
    """A new kind of fact is protected by itself; this list says that nobody took one away."""
    assert set(fact_tables()) >= {
        "enforcement_auditentry", "venues_ordermove", "venues_targetmove", "venues_notice", "venues_inspection",
        "venues_inspection_officers", "venues_rejectedinspection", "venues_violationmove",
    }  # fmt: skip


def test_a_trigger_that_got_lost_comes_back_after_the_next_migration(db):
    table = AuditEntry._meta.db_table
    if connection.vendor == "sqlite":
        raw(f"DROP TRIGGER {table}_no_update")
    else:
        raw(f"DROP TRIGGER {table}_append_only ON {table}")
    assert missing_triggers() == [table]
    seed()
    assert missing_triggers() == []


@pytest.mark.parametrize("model", fact_models(), ids=lambda model: model.__name__)
def test_nothing_that_a_fact_points_to_can_be_deleted(model):
    loose = [
        field.name
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.remote_field.on_delete is not models.PROTECT
    ]
    assert loose == []


@pytest.mark.parametrize("model", fact_models(), ids=lambda model: model.__name__)
def test_nothing_takes_facts_along_when_it_is_deleted(model):
    for other in apps.get_models():
        for field in other._meta.private_fields:
            assert getattr(field, "related_model", None) is not model


def test_an_officer_with_a_trail_is_not_deleted(entry, leader):
    with pytest.raises((ProtectedError, IntegrityError)), transaction.atomic():
        leader.delete()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["first", "second"])
def test_a_test_with_real_transactions_leaves_no_facts_and_an_armed_guard(leader, time):
    """Twice, so that the second time sees what the flush of the first one left."""
    assert AuditEntry.objects.count() == 0
    assert FactGuard.objects.exists()
    leader.leave_trail("export")
    with pytest.raises(IntegrityError):
        raw("DELETE FROM enforcement_auditentry")
