"""What is another: figures against figures (by their paths, with labels), and an edited text against the written one."""

import difflib
import re

from django.utils.translation import get_language
from django.utils.translation import gettext as _

# path in the figures: (Chinese, counting word, English); what a correction can name
LABELS = {
    "closures.targets": ("应关停场所", "家", "venues to be shut"),
    "closures.told": ("已告知场所", "家", "venues told"),
    "closures.reported": ("自报关停场所", "家", "venues reported closed"),
    "closures.closed": ("已关停场所", "家", "venues seen closed"),
    "closures.verified": ("复查时限内看过的关停场所", "家", "venues seen closed recently"),
    "closures.stale": ("超过复查时限的关停场所", "家", "closed venues due for another look"),
    "closures.violating": ("违规营业场所", "家", "venues trading while ordered shut"),
    "closures.overdue": ("超时限未关停场所", "家", "venues overdue"),
    "closures.never_seen": ("未现场查看场所", "家", "venues never seen"),
    "closures.minutes_to_all_closed": ("全部关停用时", "分钟", "minutes until all were closed"),
    "patrols.patrols": ("出动巡查", "次", "patrols"),
    "patrols.person_times": ("出动执法人员", "人次", "officer turnouts"),
    "patrols.vehicle_times": ("出动车辆", "车次", "vehicle runs"),
    "patrols.visits": ("检查场所", "家次", "inspections"),
    "patrols.venues_reached": ("到达场所", "家", "venues reached"),
    "patrols.violations_found": ("发现违规经营", "起", "violations found"),
    "patrols.violations_stopped": ("制止违规经营", "起", "violations stopped"),
    "duty.required_seconds": ("应在岗", "秒", "seconds of duty required"),
    "duty.staffed_seconds": ("实际在岗", "秒", "seconds of duty staffed"),
    "duty.led_seconds": ("带班在岗", "秒", "seconds of duty led"),
    "complaints.accepted": ("受理投诉举报", "件", "complaints accepted"),
    "complaints.answered": ("答复投诉举报", "件", "complaints answered"),
    "complaints.closed": ("办结投诉举报", "件", "complaints closed"),
    "complaints.open": ("在办投诉举报", "件", "complaints open"),
    "complaints.overdue": ("超期未答复", "件", "complaints overdue"),
    "complaints.handled_not_told": ("办后未告知", "件", "handled, caller not told"),
    "refunds.agencies": ("旅行社", "家", "travel agencies"),
    "refunds.with_groups": ("有团队旅行社", "家", "agencies with groups"),
    "refunds.nil_returns": ("零报告旅行社", "家", "nil returns"),
    "refunds.silent": ("未报送旅行社", "家", "silent agencies"),
    "refunds.groups": ("涉及团队", "个", "groups"),
    "refunds.people": ("涉及游客", "人", "travellers"),
    "refunds.cancelled.groups": ("取消团队", "个", "groups cancelled"),
    "refunds.cancelled.people": ("取消团队游客", "人", "travellers of cancelled groups"),
    "refunds.refunded.groups": ("完成退费团队", "个", "groups refunded"),
    "refunds.refunded.people": ("完成退费团队游客", "人", "travellers of refunded groups"),
    "refunds.cancelled_unpaid.groups": ("未退费团队", "个", "groups not refunded"),
    "refunds.cancelled_unpaid.people": ("未退费团队游客", "人", "travellers of groups not refunded"),
    "refunds.part_refunded.groups": ("部分退费团队", "个", "groups refunded in part"),
    "refunds.part_refunded.people": ("部分退费团队游客", "人", "travellers of groups refunded in part"),
    "staff.on_duty": ("在岗队员", "人", "officers on duty"),
    "staff.checked": ("测温队员", "人", "officers checked"),
    "staff.abnormal": ("异常队员", "人", "officers not cleared"),
    "staff.isolated": ("隔离队员", "人", "officers in isolation"),
}
_SENTENCES = re.compile(r"(?s).+?(?:[。；\n]+|[;.]\s+|$)")


def leaves(tree, path=""):
    """{dotted path: value} of everything that is no dict; lists are one value."""
    if not isinstance(tree, dict):
        return {path: tree}
    found = {}
    for key, value in tree.items():
        found |= leaves(value, f"{path}.{key}" if path else str(key))
    return found


def changes(old, new):
    """[[path, old, new]] of the figures that differ, those with a label first; None stands for not recorded."""
    one, other = leaves(old or {}), leaves(new or {})
    paths = [*dict.fromkeys([*LABELS, *other, *one])]
    return [[path, one.get(path), other.get(path)] for path in paths if one.get(path) != other.get(path)]


def labelled(found, *, most=None):
    """These changes as one phrase in the language of the reader; `most` of them. Those without a label of their own are "other parts"."""
    chinese = (get_language() or "").startswith("zh")
    words = [_phrase(path, old, new, chinese) for path, old, new in found if path in LABELS]
    if found and not words:
        words = [_("parts of the figures")]
    phrase = ("、" if chinese else ", ").join(words[:most])
    return f"{phrase} …" if most and len(words) > most else phrase


def _phrase(path, old, new, chinese):
    zh, word, en = LABELS[path]
    if chinese:
        return f"{zh}{_value(old, word)}→{_value(new, word)}"
    return f"{en} {'not recorded' if old is None else old} → {'not recorded' if new is None else new}"


def labelled_value(path, number):
    """A figure with its Chinese counting word."""
    return _value(number, LABELS[path][1])


def _value(number, word):
    return "未统计" if number is None else f"{number}{word}"


def parts(text):
    """The sentences of a text, each with what ends it."""
    return _SENTENCES.findall(text)


def text_difference(old, new):
    """[(kind, text)] in order, kind "same", "del" or "ins": what became of the written text, by sentences."""
    one, other = parts(old), parts(new)
    found = []
    for kind, i, j, k, m in difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(("same", "".join(one[i:j])))
            continue
        found += [("del", "".join(one[i:j]))] if j > i else []
        found += [("ins", "".join(other[k:m]))] if m > k else []
    return found
