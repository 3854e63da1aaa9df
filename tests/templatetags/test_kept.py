"""{% kept %}: drawn once a language, and never what another page drew otherwise."""

from __future__ import annotations

import pytest
from django import template
from django.template import Context, Engine, Template, TemplateSyntaxError
from django.utils import translation

from storyboard.templatetags.show import Kept

register = template.Library()
ENGINE = Engine(libraries={"show": "storyboard.templatetags.show", "here": __name__})


@register.simple_tag
def language() -> str:
    return translation.get_language() or "none"


@register.simple_tag
def ampersand() -> str:
    return "a & b"


def kept(inside: str) -> Template:
    source = "{% load show here %}{% kept %}" + inside + "{% endkept %}"
    return Template(source, engine=ENGINE)


def kept_of(page: Template) -> Kept:
    (found,) = page.nodelist.get_nodes_by_type(Kept)
    return found


def test_it_is_drawn_once() -> None:
    page = kept("{% cycle 'first' 'second' %}")
    assert [page.render(Context()) for _ in range(3)] == ["first"] * 3


def test_each_language_has_its_own() -> None:
    page = kept("{% language %}")
    for chosen in ("en", "de", "en"):
        with translation.override(chosen):
            assert page.render(Context()) == chosen
    with translation.override(None):
        assert page.render(Context()) == "none"
    assert len(kept_of(page).drawn) == 3


@pytest.mark.parametrize("page_first", [True, False])
def test_a_page_and_a_plain_letter_do_not_share(page_first: bool) -> None:
    both = kept("{% ampersand %}")
    words = {True: "a &amp; b", False: "a & b"}
    for autoescape in (page_first, not page_first):
        assert both.render(Context(autoescape=autoescape)) == words[autoescape]


def test_what_is_drawn_goes_into_the_page_as_it_is() -> None:
    words = '<b title="a &amp; b">x</b>'
    assert kept(words).render(Context()) == words


def test_a_value_of_one_page_is_refused() -> None:
    """It would be drawn for everybody."""
    with pytest.raises(TemplateSyntaxError, match="viewer"):
        kept("<b>{% if True %}for {{ viewer.name }}{% endif %}</b>")


def test_what_asks_about_one_page_is_drawn_as_for_nobody() -> None:
    page = kept("{% if viewer %}Ada's{% else %}everybody's{% endif %}")
    assert page.render(Context({"viewer": "Ada"})) == "everybody's"
