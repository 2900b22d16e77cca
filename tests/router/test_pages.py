"""The router's own pages."""

from __future__ import annotations

import pytest

from emulator.router import pages

OWN = [pages.APPLICATION_ERROR, pages.MAINTENANCE, pages.BLANK, pages.NO_SUCH_APP]


@pytest.mark.parametrize("page", OWN)
def test_no_page_of_ours_asks_for_another(page: bytes) -> None:
    assert page.startswith(b"<!DOCTYPE html>") and page.endswith(b"</html>\n")
    assert all(word not in page for word in (b"//", b"src=", b"href=", b"url("))


def test_the_apps_own_pages_are_framed() -> None:
    page = pages.error_page("H10", 'https://a.example/?b&c="d', "")
    assert b'<iframe src="https://a.example/?b&amp;c=&quot;d"></iframe>' in page
    assert b"<title>Application Error</title>" in page
    assert b"//m.example" in pages.error_page("H80", "", "//m.example/x.html")
    assert pages.error_page("H80", "https://a.example", "") == pages.MAINTENANCE
    assert pages.error_page("H12", "", "//m.example") == pages.APPLICATION_ERROR
    assert pages.error_page("H81", "https://a.example", "") == pages.BLANK
