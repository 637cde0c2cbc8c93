"""The channels, topics and service levels that every desk starts with (hotline.md); rows that the unit edits afterwards."""

import datetime

_CHANNELS = [
    # slug, zh, en, telephone, external
    ("unit_phone", "单位电话", "unit telephone", True, False),
    ("12345", "12345政务服务便民热线", "12345 city hotline", True, True),
    ("12318", "12318文化市场举报电话", "12318 culture market line", True, True),
    ("12301", "12301旅游服务热线", "12301 tourism line", True, True),
    ("walk_in", "来访", "walk-in", False, False),
    ("letter", "来信", "letter", False, False),
    ("web", "网络", "web", False, False),
    ("found_on_patrol", "巡查发现", "found on patrol", False, False),
]
_TOPICS = [
    # slug, zh, en, kind, key, urgency, urgency while going on, about a place, checklist zh, en
    ("internet_cafe", "网吧停业期间营业", "internet cafe trading while ordered shut", "report", "1", "urgent", "critical", True,
     ["现在还在营业吗?", "从哪个门进出?", "里面大约多少人?", "有未成年人吗?"],
     ["Is it open right now?", "Which door do people use?", "How many people are inside?", "Are there minors?"]),
    ("song_dance", "歌舞娱乐场所停业期间营业", "song and dance venue trading while ordered shut", "report", "2", "urgent", "critical",
     True, ["现在还在营业吗?", "几楼,从哪个门进?", "听到音乐还是看到人?", "大约多少人?"],
     ["Is it open right now?", "Which floor, which door?", "Heard music or seen people?", "About how many people?"]),
    ("arcade", "游艺场所停业期间营业", "arcade trading while ordered shut", "report", "3", "urgent", "critical", True,
     ["现在还在营业吗?", "从哪个门进出?", "里面大约多少人?"],
     ["Is it open right now?", "Which door do people use?", "How many people are inside?"]),
    ("outdoor", "户外私自经营", "unlicensed stall or place in the street", "report", "4", "urgent", "critical", True,
     ["具体位置?旁边有什么?", "现在还在吗?", "大约多少人,有小孩吗?"],
     ["Where exactly, next to what?", "Is it still there?", "How many people, any children?"]),
    ("minors", "接纳未成年人", "minors admitted", "report", "5", "urgent", "critical", True,
     ["几个孩子,大约几岁?", "现在还在里面吗?"], ["How many children, about what age?", "Are they inside now?"]),
    ("after_hours", "超时营业", "trading after hours", "report", "6", "normal", "urgent", True,
     ["几点到几点?", "现在还在营业吗?"], ["From when to when?", "Is it open right now?"]),
    ("noise", "噪声扰民", "noise", "complaint", "7", "normal", "normal", True,
     ["什么声音,几点开始?", "现在还在响吗?"], ["What noise, since when?", "Is it going on?"]),
    ("refund", "旅游退费", "travel refund", "inquiry", "8", "normal", "normal", False,
     ["哪家旅行社,团号?", "什么时候出团?", "几个人,交了多少?", "旅行社怎么答复?"],
     ["Which agency, which group no.?", "When does it leave?", "How many people, how much was paid?", "What does the agency say?"]),
    ("consult", "咨询", "inquiry", "inquiry", "9", "normal", "normal", False, ["要咨询什么?"], ["What is the question?"]),
    ("other", "其他", "other", "report", "", "normal", "urgent", True, [], []),
]  # fmt: skip
# step: minutes or (working days,) for critical, urgent, normal
_LEVELS = {
    "dispatch": (5, 15, 120),
    "sign": (5, 10, 30),
    "arrive": (30, 60, (3,)),
    "stop": (40, 120, (5,)),
    "answer": (120, 24 * 60, 7 * 24 * 60),
}


def seed():
    """Create what is missing; idempotent, and never changes a row that somebody edited."""
    from complaints.models import Channel, ServiceLevel, Topic, Urgency

    known = set(Channel.objects.values_list("slug", flat=True))
    for position, (slug, zh, en, telephone, external) in enumerate(_CHANNELS, start=1):
        if slug not in known:
            Channel.objects.create(
                slug=slug, name_zh=zh, name_en=en, by_telephone=telephone, external=external, position=position * 10
            )
    known = set(Topic.objects.values_list("slug", flat=True))
    for position, (slug, zh, en, kind, key, urgency, ongoing, place, ask_zh, ask_en) in enumerate(_TOPICS, start=1):
        if slug not in known:
            Topic.objects.create(
                slug=slug, name_zh=zh, name_en=en, kind=kind, key=key, urgency=urgency, urgency_ongoing=ongoing,
                about_a_place=place, checklist_zh=ask_zh, checklist_en=ask_en, position=position * 10,
            )  # fmt: skip
    if not ServiceLevel.objects.exists():
        for step, limits in _LEVELS.items():
            for urgency, limit in zip(Urgency.values, limits, strict=True):
                days = limit[0] if isinstance(limit, tuple) else None
                ServiceLevel.objects.create(
                    step=step, urgency=urgency, minutes=None if days else limit, working_days=days,
                    valid_from=datetime.date(2000, 1, 1),
                )  # fmt: skip
