"""The categories that every registry starts with (closures.md); rows that the unit may rename, extend or retire."""

import datetime

_SEED = [
    # slug, zh, en, licence type, grades, shut by law, aliases in office lists
    ("internet_cafe", "网吧", "internet cafe", "网络文化经营许可证", "", (0, 8),
     ["网吧", "网咖", "上网服务场所", "互联网上网服务营业场所", "电竞馆"]),
    ("song_dance", "歌舞娱乐场所", "song and dance venue", "娱乐经营许可证", "", (2, 8),
     ["歌舞娱乐场所", "歌舞娱乐", "歌舞厅", "KTV", "音乐火吧", "娱乐场所"]),
    ("arcade", "游艺娱乐场所", "arcade", "娱乐经营许可证", "", (2, 8),
     ["游艺娱乐场所", "游艺场所", "游戏游艺场所", "游艺", "游艺厅", "电玩", "电玩城", "电子游戏"]),
    ("cinema", "电影院", "cinema", "电影放映经营许可证", "", None, ["电影院", "影院", "影城"]),
    ("performance", "演出场所", "performance venue", "营业性演出许可证", "", None, ["演出场所", "剧场", "剧院"]),
    ("scenic", "旅游景区", "scenic area", "", "a_level", None, ["旅游景区", "景区", "A级景区"]),
    ("star_hotel", "星级饭店", "star hotel", "", "star", None, ["星级饭店", "星级酒店", "饭店"]),
    ("public_culture", "公共文化场馆", "public cultural venue", "", "", None,
     ["公共文化场馆", "图书馆", "文化馆", "博物馆", "美术馆"]),
    ("travel_agency", "旅行社", "travel agency", "旅行社业务经营许可证", "", None, ["旅行社"]),
    ("agency_branch", "旅游门市部", "travel agency branch", "旅行社服务网点备案登记证明", "", None,
     ["旅游门市部", "旅行社门市部", "服务网点", "门市部"]),
]  # fmt: skip


def seed():
    """Create the categories that are missing; idempotent, and never changes a row that an editor changed."""
    from venues.models import Category

    known = set(Category.objects.values_list("slug", flat=True))
    for position, (slug, zh, en, licence, grades, shut, aliases) in enumerate(_SEED, start=1):
        if slug not in known:
            Category.objects.create(
                slug=slug, name_zh=zh, name_en=en, licence_type=licence, grade_kind=grades, aliases=aliases, position=position * 10,
                shut_from=datetime.time(shut[0]) if shut else None, shut_until=datetime.time(shut[1]) if shut else None,
            )  # fmt: skip
