"""The logs: one JSON object a line, no control character, and nobody in them."""

import json
import logging
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import IntegrityError
from django.test import Client

from enforcement.logs import JsonFormatter, without_people


def line(message, *args, error=None, **more):
    record = logging.LogRecord("house", logging.ERROR, __file__, 1, message, args, error and (type(error), error, None))
    record.__dict__.update(more)
    return JsonFormatter().format(record)


def test_a_line_is_one_object():
    entry = json.loads(line("Sent to %s", "team 3"))
    assert entry["message"] == "Sent to team 3"
    assert entry["level"] == "ERROR"
    assert entry["time"].endswith("+00:00")


def test_control_characters_are_escaped():
    text = line("one\ntwo\r\x1b[31mred\x00\x7f\x85\u2028end")
    assert text.isascii()
    assert not [character for character in text if ord(character) < 32 or ord(character) == 127]
    assert json.loads(text)["message"] == "one\ntwo\r\x1b[31mred\x00\x7f\x85\u2028end"


@pytest.mark.parametrize(
    "number",
    [
        "13800001111",
        "138 0000 1111",
        "138-0000-1111",
        "+8613800001111",
        "86 13800001111",
        "１３８００００１１１１",
        "19912345678",
        "0938-8213456",
        "09388213456",
        "(0938)8213456",
        "010-62345678",
        "021 6234 5678",
        "400-123-4567",
        "620502199001011234",
        "62050219900101123X",
    ],
)
@pytest.mark.parametrize("around", ["{}", "call {} now", "电话{}，", '{{"phone": "{}"}}', "/calls/{}/"])
def test_numbers_of_people_are_hidden(number, around):
    digits = [character for character in without_people(around.format(number)) if character.isdigit()]
    assert digits == []


@pytest.mark.parametrize(
    "text",
    [
        "order 620502",
        "2020-01-24 16:30:00",
        "pid 18769",
        "took 0.012000 s",
        "T+240 min",
        "row 50000 of 50000",
        "127.0.0.1:8000",
        "2026-11-21T22:43:18.886+00:00",
    ],
)
def test_other_numbers_stay(text):
    assert without_people(text) == text


@pytest.mark.parametrize(
    "text",
    ["GET /venues/?q=张三&page=2 HTTP/1.1", "Error handling request /venues/?page=2&q=%E5%BC%A0", "next=/x?q=张三"],
)
def test_query_strings_are_hidden(text):
    assert "q=" not in without_people(text)
    assert "张" not in without_people(text)


def test_the_row_that_a_database_error_quotes_is_hidden():
    error = IntegrityError("null value violates\nDETAIL:  Failing row contains (7, 张三, 13800001111).\nafter")
    text = json.loads(line("failed: %s", error, error=error))
    assert "张三" not in json.dumps(text, ensure_ascii=False)
    assert "after" in text["trace"]


def test_numbers_in_a_trace_are_hidden():
    assert "13800001111" not in line("failed", error=ValueError("13800001111"))


def test_a_line_with_wrong_arguments_is_still_a_line():
    assert "do not fit" in json.loads(line("%s %s", "one"))["message"]


def test_an_internal_error_is_logged_without_debug():
    """With DEBUG off Django is silent about a 500 unless LOGGING says otherwise."""
    assert settings.DEBUG is False
    handlers = settings.LOGGING["loggers"]["django"]["handlers"]
    assert handlers == ["console"]
    assert settings.LOGGING["handlers"]["console"]["formatter"] == "json"


def test_what_is_typed_at_the_sign_in_is_in_no_log(db, caplog):
    with caplog.at_level(logging.DEBUG):
        Client().post("/login/?next=/x%3Fq=13800001111", {"username": "someone-I-know", "password": "secret-1"})
    assert "someone-I-know" not in caplog.text
    assert "secret-1" not in caplog.text


SERVED = """
import io, logging, runpy, types
house = runpy.run_path("gunicorn.conf.py")
from gunicorn.config import Config
config = Config()
for name in ("worker_class", "workers", "threads", "control_socket_disable", "accesslog", "bind", "wsgi_app"):
    config.set(name, house[name])
config.set("loglevel", LEVEL)
log = house["logger_class"](config)
import datetime
answer = types.SimpleNamespace(status="200 OK", sent=12, headers=[])
environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/venues/13800001111/\\n"}
environ |= {"QUERY_STRING": "q=secret", "RAW_URI": "/venues/?q=secret"}
log.access(answer, types.SimpleNamespace(headers=[]), environ, datetime.timedelta(milliseconds=5))
log.error("Error handling request %s", "/venues/?q=secret")
"""


def served(level):
    done = subprocess.run(
        [sys.executable, "-c", SERVED.replace("LEVEL", repr(level))],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(settings.BASE_DIR)},
    )
    return [json.loads(one) for one in (done.stdout + done.stderr).splitlines()]


def test_the_server_logs_requests_the_same_way():
    access, error = served("info")
    assert access["message"] == "GET /venues/[…]/\n 200"
    assert access["access"] == {"status": 200, "bytes": 12, "ms": 5}
    assert error["message"] == "Error handling request /venues/?[…]"


def test_the_server_logs_no_requests_when_it_is_told_to_be_quiet():
    assert [entry["level"] for entry in served("warning")] == ["ERROR"]
