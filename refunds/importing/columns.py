"""The columns of agencies' sheets: under which names they keep them, and the words with which they say what befell a group."""

import re

from venues.cleaning import clean_text, comparable

ALIASES = {
    field: names.split()
    for field, names in {
        "seq": "序号 编号 号 no",
        "agency": "旅行社 旅行社名称 单位 单位名称 企业名称 填报单位 报送单位 agency",
        "group_no": """
            团号 团队编号 团队号 团队代码 组团编号 行程单号 行程单编号 团队行程单号 合同编号 合同号 团队名称 团队团号 旅游团号
            订单号 订单编号 团队 groupno group
        """,
        "kind": "团队类型 类型 团队类别 类别 业务类型 团队性质 旅游类型 团型 kind",
        "role": "组团地接 组团或地接 组接团 组接 角色 经营方式 业务性质 role",
        "market": "市场 国内出境入境 国内出境 境内外 出入境 出境国内 旅游市场 market",
        "route": """
            线路 线路名称 旅游线路 行程 行程线路 线路行程 产品名称 产品 目的地 线路产品 出游目的地 旅游目的地 出行线路 行程名称 route
        """,
        "heads": """
            人数 团队人数 游客人数 总人数 报名人数 团队总人数 合计人数 组团人数 退团人数 出行人数 应退人数 应退费人数 涉及人数
            涉及游客 人数合计 参团人数 heads people
        """,
        "depart_on": """
            出团日期 出发日期 出团时间 出发时间 发团日期 发团时间 出行日期 出行时间 出游日期 出团 出发 开始日期 行程开始日期
            出行时间出发 去程 去程日期 departon departure
        """,
        "return_on": """
            返回日期 返程日期 返回时间 返程时间 回团日期 散团日期 结束日期 返回 返程 回程 回程日期 行程结束日期 归来日期 回团 散团
            returnon return
        """,
        "disposition": """
            是否退团 退团情况 是否取消 取消情况 团队状态 是否已退团 是否退团取消 处置情况 团队处置 处理方式 处置方式 处理情况 状态
            是否取消行程 团队情况 disposition
        """,
        "amount_due": """
            应退金额 应退费金额 应退款 应退款金额 应退团款 应退费 团款 团费 总团款 团款总额 收取团款 已收团款 应退费用 涉及金额
            收款金额 应退总额 应退 amountdue due
        """,
        "refunded_heads": """
            已退费人数 已退人数 退费人数 已退款人数 退款人数 已退团费人数 已退费游客 已退费游客人数 已完成退费人数 累计退费人数
            累计已退费人数 已退费 已退费情况人数 退费情况人数 已办理退费人数 refundedheads refundedpeople
        """,
        "refunded_amount": """
            已退金额 已退费金额 已退款金额 退费金额 退款金额 已退款 已退团款 已退费用 累计退费金额 累计已退金额 累计已退费金额
            实退金额 已退费情况金额 退费情况金额 已退费总额 refundedamount refunded
        """,
        "left_heads": "未退人数 未退费人数 未退款人数 剩余未退人数 尚未退费人数 未退费",
        "reason": """
            未退原因 未退费原因 未退款原因 未退费说明 未完成退费原因 未退原因说明 未退费原因说明 原因 reason
        """,
        "promised_on": """
            承诺退费日期 承诺退费时间 承诺日期 承诺时间 预计退费日期 预计退费时间 预计退款日期 预计退款时间 计划退费日期
            计划退费时间 退费期限 退费时限 拟退费时间 拟退费日期 预计完成日期 预计完成时间 承诺退款日期 promisedon
        """,
        "counterpart": """
            地接社 组团社 地接社名称 组团社名称 对方旅行社 合作旅行社 合作社 地接旅行社 组团旅行社 地接社组团社 组团社地接社
            地接单位 委托旅行社 counterpart
        """,
        "remark": "备注 备注说明 说明 备考 remark",
    }.items()
}
MONEY = ("amount_due", "refunded_amount")
PEOPLE = ("heads", "refunded_heads", "left_heads")
DATES = ("depart_on", "return_on", "promised_on")
OWN = ("group_no", *PEOPLE, *MONEY)  # what a cell merged over several groups cannot mean for each of them
NAMING = ("group_no", "route", "heads", "kind", "depart_on", "refunded_heads", "amount_due", "refunded_amount")

_DENIED = re.compile(r"(未|没有?|不|无|尚未|还没)(能|予|曾|办理)?$")
_DISPOSITIONS = (  # in this order: what is said first wins
    ("postponed", ("延期", "改期", "推迟", "顺延", "postponed")),
    ("cut_short", ("中止", "中断", "提前返", "中途返", "提前结束", "cutshort")),
    ("travelling", ("在途", "途中", "行程中", "已出团", "已出发", "已发团", "在外", "travelling")),
    ("completed", ("已完成", "已结束", "已返回", "行程结束", "已散团", "正常完成", "completed")),
    ("booked", ("按期", "正常出", "待出", "照常", "计划出", "未出行", "保留", "booked")),
    ("cancelled", ("退团", "取消", "已退", "全退", "退", "cancelled", "canceled")),
)
_YES, _NO = {"是", "√", "✓", "对", "y", "yes", "已", "v"}, {"否", "×", "✗", "x", "n", "no", "未", "不"}
_REASONS = (
    ("unreachable", ("联系不上", "未联系上", "无法联系", "联系不到", "失联", "打不通", "电话不通", "无人接听", "unreachable")),
    ("no_account", ("账户", "账号", "帐号", "帐户", "卡号", "银行卡", "收款信息", "noaccount")),
    (
        "disagreement",
        ("异议", "不同意", "有争议", "纠纷", "分歧", "未达成", "协商不", "不接受", "损失承担", "扣损", "扣费", "disagreement"),
    ),
    (
        "upstream",
        (
            "航空", "机票", "酒店", "地接", "组团社", "供应商", "上游", "平台", "批发商", "签证", "未退回", "未返还", "总社", "总公司",
            "铁路", "邮轮", "景区", "车队", "upstream",
        ),
    ),
    ("office_closed", ("未上班", "没上班", "未复工", "放假", "休假", "财务不在", "上班后", "复工后", "节后", "封闭", "officeclosed")),
    ("in_progress", ("正在", "办理中", "处理中", "协调中", "退款中", "退费中", "审批", "待办理", "陆续", "inprogress", "beinghandled")),
)  # fmt: skip


def kind_of(text):
    """(role, market) that a text tells of, "" for what it leaves open: "国内团" → ("", "domestic")."""
    plain = comparable(text)
    receiver = any(word in plain for word in ("地接", "接待", "receiver"))
    role = "receiver" if receiver else "organiser" if "组团" in plain or "organiser" in plain else ""
    if any(word in plain for word in ("出境", "港澳", "台湾", "境外", "出国", "边境", "国外", "outbound")):
        return role, "outbound"
    if any(word in plain for word in ("入境", "来华", "inbound")):
        return role, "inbound"
    if any(word in plain for word in ("国内", "境内", "省内", "省外", "跨省", "周边", "domestic")) or receiver:
        return role, "domestic"
    return role, ""


def disposition_of(text):
    """The disposition that a text tells of; None when it tells of none. "未退团" is booked, "是" (is it cancelled?) is cancelled."""
    plain = comparable(text) or clean_text(text)
    if plain in _YES:
        return "cancelled"
    if plain in _NO:
        return "booked"
    for disposition, words in _DISPOSITIONS:
        for word in words:
            at = plain.find(word)
            if at >= 0:
                denied = _DENIED.search(plain[:at])
                if denied and disposition != "cancelled":
                    return None
                return "booked" if denied else disposition
    return None


def reason_of(text):
    """Why a group is still unpaid; "other" when the words fit none of the known reasons, "" when there are none."""
    plain = comparable(text)
    return next(
        (reason for reason, words in _REASONS if any(word in plain for word in words)), "other" if plain else ""
    )
