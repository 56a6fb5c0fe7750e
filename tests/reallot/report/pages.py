"""Reading pages as a browser would: elements, attributes, text."""

from __future__ import annotations

from html.parser import HTMLParser

# Pages of ours that a page may lead to.
BESIDE = {"../curves.html"}
VOID = {"meta", "link", "br", "img", "input", "hr"}


class Page(HTMLParser):
    """What a page holds; asserts that its elements nest. Drawings and styles are not text."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(content.decode())
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag
        self.text += " "

    def handle_data(self, data: str) -> None:
        if "style" not in self._open and "svg" not in self._open:
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every element of this kind."""
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def words(self) -> str:
        """The text with its white space evened out."""
        return " ".join(self.text.split())


def assert_safe(page: Page) -> None:
    """No script, no handler, and nothing that is fetched from anywhere."""
    assert not page.all("script")
    assert not page.all("img")
    for tag, attributes in page.elements:
        assert not any(name.startswith("on") for name in attributes), tag
        for name in ("src", "href", "xlink:href", "action", "data"):
            value = attributes.get(name)
            beside = tag == "a" and value in BESIDE
            assert value is None or beside or value.startswith(("data:,", "#")), (tag, value)
    policies = [m["content"] for m in page.all("meta") if "http-equiv" in m]
    assert len(policies) == 1
    assert policies[0] is not None
    assert policies[0].startswith("default-src 'none'")


def assert_accessible(page: Page) -> None:
    """Tables have captions, drawings have words, landmarks exist once."""
    assert len(page.all("caption")) == len(page.all("table"))
    for tag, attributes in page.elements:
        if attributes.get("role") == "img":
            assert attributes.get("aria-label"), tag
    assert all(th.get("scope") in ("row", "col") for th in page.all("th"))
    assert len(page.all("main")) == len(page.all("h1")) == 1
    assert page.all("html")[0].get("lang") == "en"
    ids = [a["id"] for _, a in page.elements if "id" in a]
    assert len(ids) == len(set(ids))
