"""Resources through a client's eyes."""

from urllib.parse import quote

import pytest
from mcp import Client
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS, TextResourceContents

from tradestat_server.mcp.app import create_server
from tradestat_server.mcp.resources import LISTED
from tradestat_tools.catalogue import catalogue
from tradestat_tools.codes.countries import areas
from tradestat_tools.codes.ebops import ebops_items
from tradestat_tools.codes.groups import groups
from tradestat_tools.codes.hs import hs_entries
from tradestat_tools.contract.context import Context

pytestmark = pytest.mark.anyio

OF_SOURCES = ("tradestat://sources", "tradestat://sources/{source}")


async def read(lists: Client, uri: str) -> TextResourceContents:
    (content,) = (await lists.read_resource(uri)).contents
    assert isinstance(content, TextResourceContents)
    return content


async def test_every_resource_and_template_is_listed_with_a_title_and_a_description(
    watched: Context, mode: str
) -> None:
    async with Client(create_server(watched, offered=[]), mode=mode) as client:
        resources = (await client.list_resources()).resources
        templates = (await client.list_resource_templates()).resource_templates
    listed = [resource.uri for resource in resources] + [template.uri_template for template in templates]
    assert sorted(listed) == sorted(
        ["tradestat://usage", "tradestat://exports/{name}", *OF_SOURCES, *(one.uri for one in LISTED)]
    )
    assert all(entry.title and entry.description and entry.mime_type for entry in (*resources, *templates))


async def test_the_hs_list_is_whole(lists: Client) -> None:
    lines = (await read(lists, "tradestat://hs/all")).text.splitlines()
    assert lines[0] == "code\tdescription"
    assert len(lines) == len(hs_entries()) + 1 > 6_900
    assert all(line.count("\t") == 1 for line in lines)


async def test_a_code_is_read_however_it_is_written(lists: Client) -> None:
    for written in ("851713", "8517.13", "85 17 13", "8517.13.00"):
        content = await read(lists, f"tradestat://hs/{quote(written)}")
        assert "  - 8517 Telephone sets" in content.text
        assert "851713" in content.text


async def test_what_is_hostile_is_refused(lists: Client) -> None:
    for uri, said in [
        ("tradestat://hs/..%2F..%2Fetc%2Fpasswd", "Unknown resource"),
        (f"tradestat://hs/{'9' * 10_000}", "is not an HS code"),
        ("tradestat://countries/%00%1B%5B31m", "Unknown resource"),
        ("tradestat://countries/%27%3B%20DROP%20TABLE", "not a known country"),
    ]:
        with pytest.raises(MCPError) as caught:
            await lists.read_resource(uri)
        assert caught.value.code == INVALID_PARAMS
        assert said in caught.value.message
        assert len(caught.value.message) < 11_000


async def test_every_services_item_can_be_read_by_each_of_its_codes(lists: Client) -> None:
    for item in ebops_items():
        for code in filter(None, (item.code, item.sdmx, item.trademap)):
            text = (await read(lists, f"tradestat://ebops/{quote(code)}")).text
            assert text.startswith(f"{item.code} {item.label} (EBOPS 2010; role: {item.role};"), code


async def test_the_country_list_has_every_area_and_its_codes(lists: Client) -> None:
    lines = (await read(lists, "tradestat://countries")).text.splitlines()
    assert len(lines) == len(areas()) + 1
    columns = lines[0].split("\t")
    usa = dict(zip(columns, next(line for line in lines if "\tUSA\t" in line).split("\t"), strict=True))
    assert (usa["m49"], usa["comtrade"], usa["trademap"], usa["china_customs"]) == ("840", "842", "842", "502")


async def test_a_country_is_shown_with_what_can_be_known_of_its_figures(lists: Client) -> None:
    korea = (await read(lists, "tradestat://countries/KR")).text
    assert "no country's foreign-trade statistics: it is kept apart, as intra-Korean trade" in korea
    assert "OECD (since 1996-12-12)" in korea
    assert "UN Comtrade keeps earlier figures under" in (await read(lists, "tradestat://countries/Germany")).text
    assert "Counted with France (251) as reporter since 1997." in (await read(lists, "tradestat://countries/MQ")).text
    monaco = (await read(lists, "tradestat://countries/Monaco")).text
    assert "No code of its own known in: UN Comtrade" in monaco
    assert "kept apart" not in monaco


async def test_a_group_is_shown_with_its_members_and_their_date(lists: Client) -> None:
    lines = (await read(lists, "tradestat://groups/EU")).text.splitlines()
    assert "27 members as of 2020-02-01" in lines[0]
    header, *rows = lines[1:29]
    assert header.endswith("\tsince")
    assert [row for row in rows if row.startswith("Croatia\t")] == ["Croatia\tHR\tHRV\t191\t191\t351\t2013-07-01"]
    assert "A member until 2020-01-31: United Kingdom." in lines[29:]
    everything = (await read(lists, "tradestat://groups")).text.splitlines()
    assert len(everything) == len(groups()) + 1


SITES_WORDS = (
    "数据查询",
    "商品",
    "贸易伙伴",
    "贸易方式",
    "收发货人注册地",
    "分月展示",
    "查询",
    "导出数据",
    "Query by HS Code",
)


@pytest.mark.parametrize(("address", "own"), [("", "Provinces"), ("-zh", "省份"), ("-ko", "성(省)별")])
async def test_the_guide_to_china_customs_has_the_sites_own_words_in_three_languages(
    lists: Client, address: str, own: str
) -> None:
    text = (await read(lists, f"tradestat://guide/china-customs{address}")).text
    assert [word for word in SITES_WORDS if word not in text] == []
    assert f"**{own}**" in text
    assert "`import_file`" in text
    (province,) = [line for line in text.splitlines() if "收发货人注册地**" in line and line.startswith("|")]
    assert "Locations of importers and exporters" in province


async def test_the_guide_is_named_by_the_prompt_and_by_import_file_in_each_language(lists: Client) -> None:
    tool = catalogue().tools["import_file"]
    asked = {"flow": "export", "hs_code": "8507", "partner": "Korea", "period": "202403"}
    prompt = await lists.get_prompt("query_china_customs_by_hand", asked)
    told = str(prompt.messages[0].content)
    assert all(f"tradestat://guide/china-customs{ending}" in told for ending in ("", "-zh", "-ko"))
    for text in (tool.description, told):
        assert "tradestat://guide/china-customs" in text
        assert "-ko" in text
        assert "收发货人注册地" in text
    addresses = {str(one.uri) for one in (await lists.list_resources()).resources}
    assert {f"tradestat://guide/china-customs{ending}" for ending in ("", "-zh", "-ko")} <= addresses
