"""The list query: pages and their sizes, limits on both sides."""

from typing import Any

import pytest

from tests.kling.payload_builders import GATEWAY004, POWERTOKENS, advice, errors, problems


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({"resource": "text2video"}, []),
        ({"resource": "image2video", "pageNum": 1, "pageSize": 1}, []),
        ({"resource": "image2video", "pageNum": 1000, "pageSize": 500}, []),
        ({"resource": "image2video", "pageNum": "1000", "pageSize": "500"}, []),
        ({"resource": "image2video", "pageNum": 0}, [("pageNum.out_of_range", "pageNum")]),
        ({"resource": "image2video", "pageNum": 1001}, [("pageNum.out_of_range", "pageNum")]),
        ({"resource": "image2video", "pageNum": "1001"}, [("pageNum.out_of_range", "pageNum")]),
        ({"resource": "image2video", "pageNum": "-1"}, [("pageNum.out_of_range", "pageNum")]),
        ({"resource": "image2video", "pageNum": "9" * 5000}, [("pageNum.out_of_range", "pageNum")]),
        ({"resource": "image2video", "pageSize": 0}, [("pageSize.out_of_range", "pageSize")]),
        ({"resource": "image2video", "pageSize": 501}, [("pageSize.out_of_range", "pageSize")]),
        (
            {"resource": "image2video", "pageSize": 10**5000},
            [("pageSize.out_of_range", "pageSize")],
        ),
        ({"resource": "image2video", "pageSize": 30.0}, [("pageSize.type", "pageSize")]),
        ({"resource": "image2video", "pageSize": True}, [("pageSize.type", "pageSize")]),
        ({"resource": "image2video", "pageSize": " 30"}, [("pageSize.type", "pageSize")]),
        ({"resource": "image2video", "pageSize": ""}, [("pageSize.type", "pageSize")]),
        ({"resource": "image2video", "pageSize": "３"}, [("pageSize.type", "pageSize")]),
        ({}, [("resource.required", "resource")]),
        ({"resource": "omni-video"}, [("resource.unknown", "resource")]),
        ({"resource": []}, [("resource.type", "resource")]),
    ],
)
def test_a_list_query(query: dict[str, Any], wanted: Any) -> None:
    assert errors(query, "list") == wanted
    assert advice(query, "list") == []


def test_the_gateways_document_no_list() -> None:
    for profile in (GATEWAY004, POWERTOKENS):
        told = problems({"resource": "image2video"}, "list", profile)
        assert [(each.code, each.warning) for each in told] == [("list.undocumented", True)]


def test_a_page_by_another_name_is_advice() -> None:
    assert advice({"resource": "image2video", "page": 1}, "list") == [("field.unknown", "page")]
