"""The words of a report for what its figures count, in both languages and with their counting words."""

SUPPLIES = {
    "mask": ("口罩", "只", "masks"), "protection": ("防护服", "件", "protective clothing"), "disinfectant": ("消毒用品", "份", "disinfectant"),
    "thermometer": ("测温设备", "支", "thermometers"), "sprayer": ("喷雾器", "台", "sprayers"), "food": ("食品", "箱", "food"),
    "other": ("其他物资", "件", "other supplies"),
}  # fmt: skip
FLOWS = {
    "received": ("接收", "received"), "donated": ("受捐", "donated"), "issued": ("发放", "issued"), "on_hand": ("库存", "on hand"),
}  # fmt: skip
MARKETS = {
    "domestic": ("国内游", "domestic"), "outbound": ("出境游", "outbound"), "inbound": ("入境游", "inbound"),
    "local": ("地接", "received here"), "unknown": ("类型未填", "market not said"),
}  # fmt: skip
MINUTES = {
    "dispatch": ("接报至派单用时", "from the call to the dispatch"), "sign": ("派单至签收用时", "from the dispatch to the signature"),
    "arrive": ("接报至到达现场用时", "from the call to the arrival"), "stop": ("接报至制止违规用时", "from the call to the stop"),
    "answer": ("接报至答复用时", "from the call to the answer"),
}  # fmt: skip
SPREAD = {
    "median": ("中位数", "分钟", "half of them within"),
    "p90": ("九成不超过", "分钟", "nine in ten within"),
    "n": ("统计件数", "件", "how many"),
}

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
    "closures.minutes_to_all_closed": ("全部关停用时", "分钟", "time until all were closed"),
    "patrols.patrols": ("出动巡查", "次", "patrols"),
    "patrols.person_times": ("出动执法人员", "人次", "officer turnouts"),
    "patrols.vehicle_times": ("出动车辆", "车次", "vehicle runs"),
    "patrols.visits": ("检查场所", "家次", "inspections"),
    "patrols.venues_reached": ("到达场所", "家", "venues reached"),
    "patrols.violations_found": ("发现违规经营", "起", "violations found"),
    "patrols.violations_stopped": ("制止违规经营", "起", "violations stopped"),
    "duty.required_seconds": ("应在岗", "秒", "duty required"),
    "duty.staffed_seconds": ("实际在岗", "秒", "duty staffed"),
    "duty.led_seconds": ("带班在岗", "秒", "duty led"),
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
    "orders": ("生效的停业通知", "", "orders in force"),
    "closures.order": ("统计所依停业通知", "", "order"),
    "closures.issued_at": ("停业通知下发时间", "", "order issued at"),
    "closures.deadline_at": ("停业期限", "", "deadline"),
    "patrols.visits_bureau_led": ("局领导带队检查", "家次", "inspections led by the bureau"),
    "duty.gaps": ("缺岗", "次", "gaps in the duty"),
    "duty.leader": ("在岗带班领导", "", "leading"),
    "duty.phone_officer": ("在岗值班电话", "", "at the telephone"),
    "complaints.received": ("接报投诉举报", "件", "complaints received"),
    "complaints.unreachable": ("来电人联系不上", "件", "callers unreachable"),
    "complaints.entered_later": ("补录投诉举报", "件", "complaints entered later"),
    "complaints.out_of_order": ("环节时间倒置", "件", "complaints with times out of order"),
    "complaints.gaps": ("缺失的投诉编号", "", "missing numbers"),
    "refunds.disputed.groups": ("有争议团队", "个", "groups disputed"),
    "refunds.disputed.people": ("有争议团队游客", "人", "travellers of disputed groups"),
    "refunds.refunded.people_refunded": ("已退费游客", "人", "travellers who have their money back"),
    "staff.on_duty": ("在岗队员", "人", "officers on duty"),
    "staff.checked": ("测温队员", "人", "officers checked"),
    "staff.abnormal": ("异常队员", "人", "officers not cleared"),
    "staff.isolated": ("隔离队员", "人", "officers in isolation"),
}
STATES = {
    "violating": ("违规营业", "violating"), "verified": ("已查实关停", "seen closed"), "stale": ("查实已过期", "seen closed, look is old"),
    "reported": ("已报关停", "reported closed"), "uncertain": ("待核实", "uncertain"), "told": ("已告知", "told"),
    "unreached": ("未联系上", "not reached"), "untouched": ("未通知", "untouched"), "excluded": ("豁免", "excluded"),
    "lifted": ("已解除", "lifted"),
}  # fmt: skip
STEPS = {
    "registered": ("待派单", "to be dispatched"), "dispatched": ("待签收", "to be signed for"), "in_progress": ("处置中", "being handled"),
    "awaiting_answer": ("待答复", "caller to be told"), "closed": ("已办结", "closed"), "answered_at_once": ("直接答复", "answered at once"),
    "not_accepted": ("不予受理", "not accepted"), "transferred": ("已移送", "transferred"), "merged": ("已并单", "merged"),
    "void": ("作废", "void"),
}  # fmt: skip
STANDINGS = {
    "cancelled_unpaid": ("未退费", "not refunded"), "part_refunded": ("部分退费", "refunded in part"), "over_refunded": ("超额退费", "refunded too much"),
    "refunded": ("完成退费", "refunded"), "travelling": ("在途", "travelling"), "booked": ("未出团", "booked"),
    "settled_otherwise": ("另行解决", "settled otherwise"), "nothing_due": ("无应退款", "nothing due"), "completed": ("已结束", "completed"),
}  # fmt: skip
REASONS = {
    "": ("原因未填", "reason not given"), "in_progress": ("正在办理", "being handled"), "office_closed": ("未上班", "office closed"),
    "upstream": ("等待航空公司、酒店或合作方退款", "waiting for airline, hotel or partner"), "no_account": ("无收款账户", "no account to pay to"),
    "disagreement": ("金额有争议", "disagreement about the amount"), "unreachable": ("联系不上游客", "traveller cannot be reached"),
    "other": ("其他原因", "other reason"),
}  # fmt: skip
OF_CALLS = {
    "callbacks.attempts": ("回访", "次", "attempts to call back"),
    "callbacks.reached": ("回访接通", "次", "callers reached"),
    "callbacks.solved.n": ("回访问及是否解决", "次", "callers asked whether it is solved"),
    "callbacks.solved.yes": ("来电人称已解决", "次", "solved, says the caller"),
    "callbacks.solved.partly": ("来电人称部分解决", "次", "partly solved, says the caller"),
    "callbacks.solved.no": ("来电人称未解决", "次", "not solved, says the caller"),
    "callbacks.satisfied.n": ("回访问及是否满意", "次", "callers asked whether they are satisfied"),
    "callbacks.satisfied.very": ("来电人非常满意", "次", "very satisfied callers"),
    "callbacks.satisfied.fairly": ("来电人基本满意", "次", "fairly satisfied callers"),
    "callbacks.satisfied.no": ("来电人不满意", "次", "callers not satisfied"),
    "rates.response.n": ("应答复且已答复", "件", "answered of those owed an answer"),
    "rates.response.N": ("应答复", "件", "owed an answer"),
    "rates.response.no_answer_owed": ("无须答复", "件", "no answer owed"),
    "rates.solution.n": ("投诉人称已解决", "件", "complaints solved, say their callers"),
    "rates.solution.N": ("投诉人已评价是否解决", "件", "complaints whose callers said whether it is solved"),
    "rates.solution.partly": ("投诉人称部分解决", "件", "complaints partly solved, say their callers"),
    "rates.solution.not_asked": ("已答复未问是否解决", "件", "told, not asked whether it is solved"),
    "rates.satisfaction.n": ("投诉人满意", "件", "complaints whose callers are satisfied"),
    "rates.satisfaction.N": ("投诉人已评价是否满意", "件", "complaints whose callers said whether they are satisfied"),
    "rates.satisfaction.not_asked": ("已答复未问是否满意", "件", "told, not asked whether they are satisfied"),
    "rates.excluded.void": ("不计入率的作废投诉", "件", "in no rate: void"),
    "rates.excluded.not_accepted": ("不计入率的不予受理投诉", "件", "in no rate: not accepted"),
    "rates.excluded.merged": ("不计入率的并单投诉", "件", "in no rate: merged"),
    "further_callers.calls": ("并入的来电", "次", "calls added to complaints"),
    "further_callers.owed": ("并入来电中要求答复的", "次", "added calls whose callers want an answer"),
    "further_callers.told": ("并入来电中已答复的", "次", "added calls whose callers were told"),
}
COUNTS = {
    "groups": ("团队", "个", "groups"),
    "people": ("游客", "人", "travellers"),
    "agencies": ("旅行社", "家", "agencies"),
}
PERIODS = {"day": ("本期新增", "of the period"), "since": ("本轮累计", "in all since its beginning")}
