"""One of everything of the hotline and of refunds, for the addresses that are about them."""

import datetime
import uuid

from django.utils import timezone


def hotline(officer, venue):
    """The same of the hotline."""
    from complaints.models import Call, Channel, Complaint, ServiceLevel, Sheet, StagedSheets, Topic

    channel, topic = Channel.objects.get(slug="unit_phone"), Topic.objects.get(slug="internet_cafe")
    complaint = Complaint.objects.register(
        by=officer, client_id=uuid.uuid4(), channel=channel, topic=topic, content="x", venue=venue, number="13900001111"
    )
    missed = Call.objects.log(
        by=officer, client_id=uuid.uuid4(), channel=channel, number="13900002222", result="missed"
    )
    staged = StagedSheets.objects.keep(by=officer, channel=channel, name="x.csv", content="编号,内容\n1,x\n".encode())
    sheet = Sheet.objects.create(channel=channel, external_no="GD1", content_hash="x", complaint=complaint)
    return {
        "sheet": {"pk": sheet.pk}, "complaint": {"number": complaint.number}, "complaint_act": {"number": complaint.number, "act": "dispatch"},
        "call": {"pk": missed.pk}, "staged": {"key": staged.pk}, "channel": {"object_id": channel.pk},
        "topic": {"object_id": topic.pk}, "level": {"object_id": ServiceLevel.objects.first().pk},
    }  # fmt: skip


def safety(leader, officer):
    """The same of staff safety."""
    from decimal import Decimal

    from enforcement.models import Disinfection, HealthCheck, Isolation

    HealthCheck.objects.record(by=officer, temperature=Decimal("36.5"), slot="start")
    Disinfection.objects.write(by=officer, place="值班室", agent="84消毒液 500 mg/L")
    isolation = Isolation.objects.begin(by=leader, officer=officer, reason="密切接触者")
    return {"isolation": {"pk": isolation.pk}}


def refunding(officer, agency):
    """The same of refunds."""
    from django.core.files.base import ContentFile

    from refunds.models import AgencyReport, CallBackSample, Deposit, RefundEvent, ReturnUpload

    day = timezone.localdate() - datetime.timedelta(days=1)
    report = AgencyReport.objects.receive(by=officer, agency=agency, as_of=day, content=b"x", file_name="x.xlsx")
    group = report.state_group(number="A-01", heads=9, disposition="cancelled", refunded_heads=2)
    refund = group.refunds.get()
    paper = {"file": ContentFile(b"%PDF", "x.pdf")}
    evidence = refund.attach(by=officer, kind="slip", **paper)
    claim = group.claim_deduction(by=officer, amount=5, kind="visa", **paper)
    traveller = group.add_traveller(by=officer, name="x", number="13900003333")
    (sample,) = CallBackSample.objects.draw(by=officer, size=1)
    upload = ReturnUpload.objects.keep(by=officer, content=b"x", file_name="x.xlsx")
    deposit = Deposit.objects.create(agency=agency, amount=5, valid_from=day)
    return {
        "agency": {"pk": agency.pk}, "return": {"pk": report.pk}, "tour_group": {"pk": group.pk}, "refund": {"pk": refund.pk},
        "evidence": {"pk": evidence.pk}, "deduction": {"pk": claim.pk}, "proof": {"pk": claim.proofs.get().pk},
        "traveller": {"pk": traveller.pk}, "sample": {"pk": sample.pk}, "upload": {"key": upload.pk},
        "refund_event": {"object_id": RefundEvent.objects.latest("begins_on").pk}, "deposit": {"object_id": deposit.pk},
    }  # fmt: skip
