"""日报正文: the Chinese text of a report, section by section, in the sentences of the trade. Numbers as words.py says."""

from enforcement.daily_report.differences import corrections
from enforcement.daily_report.spans import duration_zh as duration
from enforcement.daily_report.spans import when_zh as when
from enforcement.daily_report.terms import MARKETS, SUPPLIES
from enforcement.daily_report.words import (
    how_many,
    is_all,
    local,
    printed,
    rounded,
    short_of,
    unknown,
    whole_day,
)

PROBLEMS = {
    # code: (what is wanting, what is done about it)
    "violating": ("{n}家应关停场所正在违规营业", "立即到场责令停止营业，依法取证查处，并实行不间断回查"),
    "overdue": ("{n}家场所超过规定时限仍未经现场确认关停", "逐家上门督促关停，由两名以上执法人员现场确认"),
    "untold": ("{n}家场所尚未告知到人", "对未接通电话的场所派员上门告知"),
    "never_seen": ("{n}家场所尚未现场查看", "就近安排巡查组完成首次现场查看"),
    "stale": ("{n}家已关停场所超过复查时限未复查", "按区域排定复查路线，优先复查超时限场所"),
    "unstopped": ("{n}起违规经营尚未制止", "明确专人跟踪，限时制止到位"),
    "complaints_open": ("{n}件投诉举报正在办理", "督促承办人员按时限办结"),
    "complaints_overdue": ("{n}件投诉举报超期未答复", "由带班领导挂账督办，当班答复"),
    "not_told": ("{n}件投诉举报已处理但尚未告知来电人", "补打回访电话，告知处理结果"),
    "gaps": ("值班出现{n}次缺岗", "核查缺岗原因，及时调整排班补齐岗位"),
    "silent": ("{n}家旅行社未报送退团退费情况", "逐家电话催报，实行零报告"),
    "unpaid": ("{groups}个团{people}人尚未退费到位", "督促旅行社明确退费时限，落实游客回访核实"),
    "staff": ("{n}名队员体温或症状异常", "暂停上岗并按规定观察、送检"),
}
NOTHING_NEW = "停业通知、出动检查、违规查处、投诉举报、退团退费、物资收发、值班缺岗、队员健康异常均无新增"
UNKNOWN = {"vehicles": "出动车辆", "duty": "值班在岗", "supplies": "防护物资", "staff": "队员健康"}


class Text:
    """The sections of one report."""

    def __init__(self, figures, basis, approximate=False):
        self.figures, self.basis, self.approximate = figures, basis, approximate

    # --- small words
    def count(self, number, word):
        """A number that stands alone, with its counting word."""
        if number is None:
            return "未统计"
        floor, more = rounded(number) if self.approximate else (number, False)
        return f"{printed(number, f'{floor}余')}{word}" if more else f"{number}{word}"

    def since(self):
        return f"{when(local(self.basis['since']))}以来累计" if self.basis["since"] else "累计"

    def day(self):
        """The period of what is new."""
        start, end = local(self.basis["day_from"]), local(self.figures["as_of"])
        date = whole_day(start, end)
        return f"{date.month}月{date.day}日" if date else f"{when(start)}至{when(end)}"

    def names(self, kind):
        return [(key, zh) for key, zh, _en in self.basis["names"][kind]]

    # --- the sections
    def correction(self):
        corrects = self.basis["corrects"]
        told = "；".join(f"{name}由{old}更正为{new}" for name, old, new in corrections(corrects, chinese=True))
        if not told:
            told = "更正分项数据，详见正文" if corrects["changes"] else "更正文字表述，数据不变"
        return f"本期更正第{corrects['number']}期：{told}。"

    def force(self):
        total, day = self.basis["cumulative"]["patrols"], self.basis["day"]
        text = (
            f"{self.day()}停业通知、出动检查、违规查处、投诉举报、退团退费、物资收发、值班缺岗、队员健康异常均无新增，实行零报告。"
            if self.basis["nil"]
            else ""
        )
        text += f"{self._effort(self.since(), total)}{self._violations(total)}"
        if self.basis["nil"]:
            return text
        names = ("patrols", "person_times", "vehicle_times", "visits")
        text += self._effort(f"其中，{self.day()}", {key: day.get(f"patrols.{key}") for key in names})
        new = day.get("patrols.violations_found")
        return text + (f"新发现违规经营{new}起。" if new else "未发现新的违规经营。" if new == 0 else "")

    def _effort(self, lead, counts):
        if counts["patrols"] == 0 and counts["visits"] == 0:
            return f"{lead}未出动巡查。"
        reached = f"，到达场所{self.count(counts['venues_reached'], '家')}" if "venues_reached" in counts else ""
        return (
            f"{lead}出动巡查{self.count(counts['patrols'], '次')}、执法人员{self.count(counts['person_times'], '人次')}、"
            f"车辆{self.count(counts['vehicle_times'], '车次')}，检查场所{self.count(counts['visits'], '家次')}{reached}。"
        )

    def _violations(self, counts):
        found, stopped = counts["violations_found"], counts["violations_stopped"]
        if not found:
            return "未发现违规经营。"
        if is_all(stopped, found):
            return f"发现违规经营{found}起，{'已' if found == 1 else '已全部'}制止。"
        if not stopped:
            return f"发现违规经营{found}起，尚未制止。"
        return f"发现违规经营{found}起，已制止{stopped}起，尚有{found - stopped}起未制止。"

    def closures(self):
        found = self.figures["closures"]
        ended = "".join(self._ended(order) for order in self.basis.get("ended", []))
        if found is None:
            return f"{ended}目前没有生效的停业通知。"
        title = next((order["title"] for order in self.figures["orders"] if order["number"] == found["order"]), "")
        text = f"{ended}{title and f'《{title}》'}（{found['order']}）于{when(local(found['issued_at']))}下发，"
        if not found["targets"]:
            return f"{text}目前名单内没有应关停场所。{self._out_of_scope(found)}"
        return text + "".join(
            part(found)
            for part in (
                self._told,
                self._closed,
                self._by_category,
                self._by_district,
                self._looks,
                self._out_of_scope,
            )
        )

    def _ended(self, order):
        how = {"lifted": "解除", "cancelled": "撤销"}[order["how"]]
        issued, ended = when(local(order["issued_at"])), when(local(order["ended_at"]))
        return f"《{order['title']}》（{order['number']}）于{issued}下发，{ended}{how}。"

    def _told(self, found):
        targets, told = found["targets"], found["told"]
        lead = f"应关停场所{self.count(targets, '家')}。截至{when(local(self.figures['as_of']))}，"
        return lead + ("已全部告知；" if is_all(told, targets) else f"已告知{told}家、未告知{targets - told}家；")

    def _closed(self, found):
        targets, closed, minutes = found["targets"], found["closed"], found["minutes_to_all_closed"]
        text = (
            f"经两名以上执法人员现场查看，{self.count(targets, '家')}全部关停" if is_all(closed, targets)
            else f"经两名以上执法人员现场查看确认关停{closed}家，其余{targets - closed}家未确认关停"
        )  # fmt: skip
        if found["violating"]:
            text += f"（其中违规营业{found['violating']}家）"
        return (
            f"{text}，自下发至首次全部关停用时{printed(minutes, duration(minutes * 60))}。"
            if minutes is not None
            else f"{text}。"
        )

    def _by_category(self, found):
        return self._split("按类别：", found["by_category"], self.names("category"), "各类")

    def _by_district(self, found):
        return self._split("按县区：", found["by_district"], self.names("district"), "各县区")

    def _split(self, lead, groups, names, each):
        rows = [(name, groups[key]) for key, name in names if groups[key]["targets"]]
        if not rows:
            return ""
        if all(is_all(row["closed"], row["targets"]) for _name, row in rows):
            whole = "全部关停" if len(rows) == 1 else f"{each}均全部关停"
            told = "、".join(f"{name}{row['targets']}家" for name, row in rows)
            return f"{lead}{told}，{whole}。"
        told = "；".join(f"{name}应关停{row['targets']}家，{self._shut(row)}" for name, row in rows)
        return f"{lead}{told}。"

    def _shut(self, row):
        return "已全部关停" if is_all(row["closed"], row["targets"]) else f"已关停{row['closed']}家"

    def _looks(self, found):
        if not found["closed"]:
            return ""
        if not found["stale"]:
            return "已关停场所均在复查时限内看过。"
        return f"已关停场所中，{found['verified']}家在复查时限内看过，{found['stale']}家已超过复查时限、需再次复查。"

    def _out_of_scope(self, found):
        states = found["states"]
        out = [
            f"{word}{states[key]}家"
            for key, word in (("excluded", "经批准豁免"), ("lifted", "已解除停业"))
            if states.get(key)
        ]
        return f"另有{'、'.join(out)}，不计入应关停数。" if out else ""

    def duty(self):
        return f"{self._watch()}\n{self._calls()}"

    def _watch(self):
        found = self.figures["duty"]
        required, staffed, led = (found[f"{name}_seconds"] for name in ("required", "staffed", "led"))
        holders = f"{when(local(self.figures['as_of']))}在岗：带班领导{found['leader'] or '无人'}，值班电话{found['phone_officer'] or '无人'}。"
        if required is None:
            return f"值班值守：在岗情况未统计。{holders}"
        text = f"值班值守：应在岗{duration(required)}，实际在岗{duration(staffed)}，带班在岗{duration(led)}，"
        whole = is_all(staffed, required) and is_all(led, required) and not found["gaps"]
        if found["gaps"]:
            text += f"缺岗{how_many(found['gaps'])}次（{self._gaps(found['gaps'])}）。"
        else:
            text += "全程在岗、全程带班，无缺岗。" if whole else "无缺岗。"
        return text + holders

    def _gaps(self, gaps):
        posts = {"leader": "带班领导", "phone": "值班电话", "post": "值班人员"}
        told = [
            f"{posts.get(gap['role'], gap['role'])}{when(local(gap['start']))}至{when(local(gap['end']))}"
            for gap in gaps[:5]
        ]
        return "；".join(told) + ("等" if len(gaps) > 5 else "")

    def _calls(self):
        total, day = self.basis["cumulative"]["complaints"], self.basis["day"].get("complaints.accepted")
        accepted = total["accepted"]
        if not accepted:
            return f"投诉举报：{self.since()}受理0件。"
        names = dict(self.names("channel"))
        channels = "、".join(
            f"{names.get(slug, slug or '渠道未填')}{n}件" for slug, n in total["by_channel"].items() if n
        )
        text = f"投诉举报：{self.since()}受理{self.count(accepted, '件')}（{channels}），其中{self.day()}受理{self.count(day, '件')}；"
        answered, closed = is_all(total["answered"], accepted), is_all(total["closed"], accepted)
        text += "已全部答复、全部办结。" if answered and closed else "、".join(
            [
                "已全部答复" if answered else f"已答复{total['answered']}件",
                "全部办结" if closed else f"已办结{total['closed']}件、未办结{accepted - total['closed']}件",
            ]
        ) + "。"  # fmt: skip
        return text + self._times(total["minutes"])

    def _times(self, minutes):
        asked = (("arrive", "到达现场"), ("stop", "制止违规"), ("answer", "答复来电人"))
        told = [
            f"{word}{minutes[key]['median']}分钟（{minutes[key]['n']}件）" for key, word in asked if minutes[key]["n"]
        ]
        return f"用时中位数（自接报起）：{'、'.join(told)}。" if told else ""

    def tours(self):
        found = self.figures["refunds"]
        total, silent = found["agencies"], found["silent"]
        reported = found["with_groups"] + found["nil_returns"] if silent is None else total - silent
        if not total or (silent is None and not reported):
            return "旅行社退团退费情况未统计。"
        if silent == total:
            return f"全市旅行社{total}家，均未报送退团退费情况。"
        told = f"已报送{reported}家、未报送{silent}家" if silent else "已全部报送"
        if silent is None:  # nobody was asked: the others are not silent
            told = f"已报送{reported}家"
        text = f"全市旅行社{found['agencies']}家，{told}"
        text += f"（有团队{found['with_groups']}家、零报告{found['nil_returns']}家）。"
        if not found["groups"]:
            return f"{text}报送的旅行社均无团队。"
        return text + self._groups(found) + self._refunded(found)

    def _groups(self, found):
        markets = "、".join(
            f"{MARKETS.get(key, (key,))[0]}{group(row)}" for key, row in found["by_market"].items() if row["groups"]
        )
        cancelled = found["cancelled"]
        whole = is_all(cancelled["groups"], found["groups"]) and is_all(cancelled["people"], found["people"])
        people = f"团队{self.count(found['groups'], '个')}、游客{self.count(found['people'], '人')}"
        return f"涉及{people}（{markets}），{'已全部取消' if whole else f'已取消{group(cancelled)}'}。"

    def _refunded(self, found):
        cancelled, done, day = (
            found["cancelled"],
            found["refunded"],
            self.basis["day"].get("refunds.refunded.people_refunded"),
        )
        if not cancelled["groups"]:
            return ""
        if is_all(done["groups"], cancelled["groups"]):
            text = "已取消团队全部完成退费"
        else:
            text = f"完成退费{_of_agencies(done)}"
            rest = (("part_refunded", "部分退费"), ("cancelled_unpaid", "未退费"), ("over_refunded", "超额退费"))
            text += "".join(f"，{word}{_of_agencies(found[key])}" for key, word in rest if found[key]["groups"])
        new = f"；{self.day()}新增退费{day}人" if day else ""
        disputed = f"；有争议{group(found['disputed'])}" if found["disputed"]["groups"] else ""
        return f"{text}{new}{disputed}。"

    def supplies(self):
        found = self.figures["supplies"]
        if not found:
            return "防护物资情况未统计。"
        rows = [
            self._supply(key, row)
            for key, row in found.items()
            if any(row.get(name) for name in ("received", "issued", "on_hand"))
        ]
        return f"累计：{'；'.join(rows)}。" if rows else "暂无防护物资收发。"

    def _supply(self, key, row):
        name, word, _en = SUPPLIES.get(key, (key, "件", key))
        received, donated = row.get("received"), row.get("donated")
        text = f"{name}接收{self.count(received, word)}"
        if donated:
            text += "（全部为捐赠）" if is_all(donated, received) else f"（其中捐赠{donated}{word}）"
        return f"{text}，发放{self.count(row.get('issued'), word)}，库存{self.count(row.get('on_hand'), word)}"

    def staff(self):
        found = self.figures["staff"]
        on_duty, checked, abnormal = (found[name] for name in ("on_duty", "checked", "abnormal"))
        if checked is None:
            return "队员健康情况未统计。" if on_duty is None else f"在岗{on_duty}人，健康情况未统计。"
        text = f"在岗{self.count(on_duty, '人')}，" + (
            "已全部测温" if is_all(checked, on_duty) else f"已测温{checked}人"
        )
        text += "，均无异常" if abnormal == 0 and checked else f"，异常{abnormal}人" if abnormal else ""
        isolated = found["isolated"]
        return f"{text}；隔离{'未统计' if isolated is None else f'{isolated}人'}。"

    def problems(self):
        short, blank = short_of(self.figures, self.basis), unknown(self.figures)
        told = [PROBLEMS[code][0].format(**numbers) for code, numbers in short]
        steps = [PROBLEMS[code][1] for code, _numbers in short]
        if blank:
            told.append(f"{'、'.join(UNKNOWN[code] for code in blank)}未统计")
            steps.append("补齐未统计事项，及时录入")
        if not told:
            return "存在问题：暂无。\n下一步工作：继续严格值班值守，按时限开展复查，动态掌握情况。"
        return f"存在问题：{numbered(told)}\n下一步工作：{numbered(steps)}"


def numbered(sentences):
    """One alone as it is, several as 一是…；二是…。 A figure before a figure would read as one."""
    if len(sentences) > 1:
        sentences = [f"{_ordinal(place)}是{sentence}" for place, sentence in enumerate(sentences, start=1)]
    return f"{'；'.join(sentences)}。"


def _ordinal(place):
    """一 … 十, 十一 … 十九."""
    digits = "一二三四五六七八九十"
    return digits[place - 1] if place <= 10 else f"十{digits[place - 11]}"


def group(row):
    return f"{row['groups']}个团{row['people']}人"


def _of_agencies(row):
    """The groups, and the agencies all of whose groups are no better: none is not said."""
    return group(row) + (f"（{row['agencies']}家旅行社）" if row["agencies"] else "")
