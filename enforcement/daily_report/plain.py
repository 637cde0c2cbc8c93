"""A report as plain text to paste into a chat or a mail, and the heading that all its forms share."""

from django.conf import settings
from django.utils import timezone

from enforcement.daily_report.words import day_before_midnight
from enforcement.daily_report.writing import SECTIONS

HEADINGS = {
    "zh-hans": {
        "correction": "更正说明", "force": "一、执法力量出动", "closures": "二、场所关停", "duty": "三、值班值守与投诉举报",
        "tours": "四、旅行社退团退费", "supplies": "五、防护物资", "staff": "六、队员健康安全", "problems": "七、存在问题与下一步工作",
    },
    "en": {
        "correction": "Correction", "force": "1. Force", "closures": "2. Closures", "duty": "3. Duty and calls",
        "tours": "4. Tours", "supplies": "5. Supplies", "staff": "6. Staff", "problems": "7. Problems and next steps",
    },
}  # fmt: skip
WORDS = {
    "zh-hans": {
        "title": "工作日报", "drafted": "拟稿", "reviewed": "审核", "signed": "签发", "draft": "草稿，未签发", "nil": "零报告",
        "discarded": "已作废", "corrected": "已由第{number}期更正", "hash": "校验码", "colon": "：", "sent": "报送",
    },
    "en": {
        "title": "Daily report", "drafted": "Drafted by", "reviewed": "Reviewed by", "signed": "Signed by",
        "draft": "Draft, not signed", "nil": "Nil report", "discarded": "Discarded", "corrected": "Corrected by no. {number}",
        "hash": "Hash", "colon": ": ", "sent": "Sent to",
    },
}  # fmt: skip


def issue(report, language):
    """第N期, or that it is a draft."""
    if not report.number:
        return WORDS[language]["discarded" if report.state == report.State.DISCARDED else "draft"]
    return f"第{report.number}期" if language == "zh-hans" else f"No. {report.number}"


def as_of(report, language):
    """截至…: midnight is 24:00 of the day that has ended."""
    return f"{'截至' if language == 'zh-hans' else 'as of '}{moment(report.as_of, language)}"


def moment(at, language):
    """2020年1月24日24时, with the year."""
    date, hour, minute = day_before_midnight(timezone.localtime(at))
    if language == "zh-hans":
        return f"{date.year}年{date.month}月{date.day}日{hour}时" + (f"{minute}分" if minute else "")
    return f"{hour:02}:{minute:02} on {date.day} {date:%B %Y}"


def document(report, language):
    """What every form of the report shows, in its language: title, issue, as_of, marks, sections [(key, heading, text)], people
    [(word, name)]."""
    words, texts = WORDS[language], report.sections.get(language, {})
    reviewed, signed = (officer.name if officer else "" for officer in (report.reviewed_by, report.signed_by))
    comma = "、" if language == "zh-hans" else ", "
    return {
        "language": language,
        "unit": settings.UNIT_NAME,
        "title": words["title"],
        "issue": issue(report, language),
        "as_of": as_of(report, language),
        "nil": words["nil"] if report.is_nil else "",
        "sections": [(key, HEADINGS[language][key], texts[key]) for key in SECTIONS if texts.get(key)],
        "people": [
            (words["drafted"], comma.join([report.drafted_by.name, *report.author_names()])),
            (words["reviewed"], reviewed),
            (words["signed"], signed),
        ],
        "hash_word": words["hash"],
    }


def plain_text(report, language):
    """The whole report as lines."""
    doc, colon = document(report, language), WORDS[language]["colon"]
    marks = " · ".join(part for part in (doc["issue"], doc["as_of"], doc["nil"]) if part)
    lines = [doc["unit"], doc["title"], marks]
    for _key, heading, text in doc["sections"]:
        lines += ["", heading, text]
    lines += ["", "  ".join(f"{word}{colon}{name}" for word, name in doc["people"] if name)]
    if report.content_hash:
        lines.append(f"{doc['hash_word']}{colon}{report.content_hash[:16]}")
    return "\n".join(lines) + "\n"
