"""What is wrong with a page as a real browser shows it: `Eyes.faults_of(path)` gives it in sentences."""

import functools
import re
from urllib.parse import urlsplit

import polib
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings

SIZES = {"wide": (1366, 768), "phone": (390, 844)}
LOCALES = {"zh-hans": "zh-CN", "en": "en-GB"}
CATALOGUE = settings.BASE_DIR / "enforcement" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
REPORTS = """
window.policyReports = [];
addEventListener("securitypolicyviolation", e => policyReports.push(`${e.effectiveDirective} ${e.blockedURI} ${e.sample}`));
"""
QUIET = "() => document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling') === null"
TOO_WIDE = """() => {
  const screen = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= screen + 1) return "";
  const wide = [...document.body.querySelectorAll("*")].filter(e => e.getBoundingClientRect().right > screen + 1);
  return wide.slice(0, 3).map(e => `${e.tagName.toLowerCase()}.${e.className}`).join(", ") || "body";
}"""
WORDS = """() => {
  const found = new Set(), language = document.documentElement.lang;
  const mine = e => e.closest("[lang]").lang === language && !e.closest("script, style, template, [translate=no]");
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement, text = walker.currentNode.data.replace(/\\s+/g, " ").trim();
    if (text && mine(e) && e.checkVisibility()) found.add(text);
  }
  for (const e of document.querySelectorAll("[aria-label], [title], [placeholder], [alt], input[type=submit]"))
    for (const name of ["aria-label", "title", "placeholder", "alt", "value"])
      if (e.hasAttribute(name) && (name !== "value" || e.type === "submit") && mine(e)) found.add(e.getAttribute(name).trim());
  found.add(document.title);
  return [...found];
}"""
PLAIN_ENGLISH = re.compile(r"\b[a-z]{2,}(?: [a-z']{2,}){2,}")  # three words: no name, no unit
CHINESE = re.compile(r"[\u4e00-\u9fff]")
LEFT_OVER = re.compile(r"%\(|\{\{|\{%|\}\}|^None$|\bundefined\b|\bNaN\b")


class Eyes:
    """One browser context (who, language, size) and its page. `names` are no words of a language."""

    def __init__(self, browser, url, *, language, size, cookies=(), names=()):
        width, height = SIZES[size]
        self.url, self.language, self.names = url, language, names
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, locale=LOCALES[language], timezone_id="Asia/Shanghai",
            color_scheme="light", reduced_motion="reduce", is_mobile=size == "phone", has_touch=size == "phone",
        )  # fmt: skip
        cookies = [*cookies, (settings.LANGUAGE_COOKIE_NAME, language)]
        self.context.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookies])
        self.context.add_init_script(REPORTS)
        self.page = self.context.new_page()
        self.heard = []
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.heard.append(f"script: {error}"))
        self.page.on("request", self._request)
        self.page.on("response", self._response)

    def close(self):
        self.context.close()

    def faults_of(self, path, status=200):
        """Everything that is wrong with the page of this path, which answers with `status`; empty when all is well."""
        self.heard, self.expected = [], (self.url + path, status)
        try:
            answer = self.page.goto(self.url + path, wait_until="load")
            self.page.wait_for_function(QUIET)
            wrong = [] if answer.status == status else [f"it answers {answer.status} instead of {status}"]
            wrong += list(self._seen())
            return wrong + self.heard
        finally:
            self.page.goto("about:blank")  # or it would ask for its next part under the settings of the next test

    def _seen(self):
        if self.page.locator("html").get_attribute("lang") != self.language:
            yield "it is in another language"
        if found := self.page.evaluate(TOO_WIDE):
            yield f"wider than the screen: {found}"
        yield from (f"policy: {report}" for report in self.page.evaluate("policyReports"))
        words = set(self.page.evaluate(WORDS)) - set(self.names)
        yield from (f"words: {text!r}" for text in sorted(words) if is_wrong(text, self.language))
        yield from self._axe()
        self.page.emulate_media(color_scheme="dark")
        self.page.evaluate("document.getAnimations().forEach(change => change.finish())")
        yield from (f"in the dark: {fault}" for fault in self._axe(runOnly=["color-contrast"]))
        self.page.emulate_media(color_scheme="light")

    def _axe(self, **options):
        for broken in Axe().run(self.page, options={"resultTypes": ["violations"], **options}).response["violations"]:
            places = [f"{node['target'][0]} ({node['html'][:90]})" for node in broken["nodes"][:2]]
            yield f"axe {broken['id']} x{len(broken['nodes'])}: {broken['help']}: {'; '.join(places)}"

    def _console(self, message):
        told_by_status = f"status of {self.expected[1]}" in message.text and self.expected[1] >= 400
        if message.type in {"error", "warning"} and not told_by_status:
            self.heard.append(f"console: {message.text}")

    def _request(self, request):
        target = urlsplit(request.url)
        if target.scheme in {"http", "https", "ws", "wss"} and target.netloc != urlsplit(self.url).netloc:
            self.heard.append(f"asks another host: {request.url}")

    def _response(self, response):
        if response.status >= 400 and (response.url, response.status) != self.expected:
            self.heard.append(f"{response.status}: {response.url}")


# --- words of the wrong language --------------------------------------------------------------------------------------------
@functools.lru_cache(maxsize=20000)
def is_wrong(text, language):
    """Whether these words were forgotten: of the other language although the catalogue has them, or never filled in."""
    if LEFT_OVER.search(text):
        return True
    if language == "en":
        return bool(CHINESE.search(text)) and _is_of_catalogue(text, "zh-hans")
    return bool(PLAIN_ENGLISH.search(text)) or (not CHINESE.search(text) and _is_of_catalogue(text, "en"))


def _is_of_catalogue(text, language):
    plain, patterns = _catalogue(language)
    return text in plain or patterns.fullmatch(text) is not None


@functools.cache
def _catalogue(language):
    """The texts of one language: those without places to fill, and a pattern of the others that have words enough."""
    plain, patterns = set(), []
    for entry in polib.pofile(str(CATALOGUE)):
        for english, chinese in [(entry.msgid, entry.msgstr), (entry.msgid_plural, entry.msgstr_plural.get(0, ""))]:
            text = english if language == "en" else chinese
            if english == chinese or not text:
                continue
            pieces = re.split(r"%\(\w+\)[sd]|%%|\{\w*\}", text)
            if len(pieces) == 1:
                plain.add(text)
            elif len(re.findall(r"[a-z]{2,}|[\u4e00-\u9fff]", text)) > 3:
                patterns.append(".+?".join(re.escape(piece) for piece in pieces))
    return plain, re.compile("|".join(patterns))
