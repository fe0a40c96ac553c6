"""Resources through a client's eyes."""

from urllib.parse import quote

import pytest
from mcp import Client
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS, TextResourceContents

from tradestat_server.mcp.app import create_server
from tradestat_server.mcp.resources import LISTED
from tradestat_tools.codes.countries import areas
from tradestat_tools.codes.ebops import ebops_items
from tradestat_tools.codes.groups import groups
from tradestat_tools.codes.hs import hs_entries
from tradestat_tools.contract.context import Context

pytestmark = pytest.mark.anyio

OF_SOURCES = ("tradestat://sources", "tradestat://sources/{source}")


async def read(context: Context, uri: str) -> TextResourceContents:
    async with Client(create_server(context, offered=[])) as client:
        (content,) = (await client.read_resource(uri)).contents
    assert isinstance(content, TextResourceContents)
    return content


async def refusal(context: Context, uri: str) -> MCPError:
    async with Client(create_server(context, offered=[])) as client:
        with pytest.raises(MCPError) as caught:
            await client.read_resource(uri)
    return caught.value


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


async def test_every_listed_resource_can_be_read(watched: Context) -> None:
    for one in LISTED:
        if "{" not in one.uri:
            content = await read(watched, one.uri)
            assert content.mime_type == one.mime_type
            assert len(content.text.splitlines()) > 10, one.uri


async def test_the_hs_list_is_whole(watched: Context) -> None:
    lines = (await read(watched, "tradestat://hs/all")).text.splitlines()
    assert lines[0] == "code\tdescription"
    assert len(lines) == len(hs_entries()) + 1 > 6_900
    assert all(line.count("\t") == 1 for line in lines)


async def test_flows_and_units_are_listed_with_the_services_codes(watched: Context) -> None:
    flows = (await read(watched, "tradestat://flows")).text.splitlines()
    assert flows[0].split("\t")[:5] == ["code", "label", "comtrade", "trademap", "korea"]
    assert "RX\tre-exports\tRX\tRE\t\tX\t复出口\t재수출" in flows
    units = (await read(watched, "tradestat://units")).text.splitlines()
    assert "kg\tweight in kilograms\tquantity\t8\t千克\t킬로그램" in units
    assert any(line.startswith("thousand_usd\t") for line in units)


async def test_a_code_is_shown_with_its_path_and_its_children(watched: Context) -> None:
    lines = (await read(watched, "tradestat://hs/8517")).text.splitlines()
    assert lines[0] == "8517 is a heading of HS 2022."
    assert lines[2].startswith("- 85 Electrical machinery")
    assert lines[3].startswith("  - 8517 Telephone sets")
    assert lines[4] == "Below it (9):"
    assert lines[6].startswith("- 851713 ")


@pytest.mark.parametrize("written", ["851713", "8517.13", "85 17 13", "8517.13.00"])
async def test_a_code_is_read_however_it_is_written(watched: Context, written: str) -> None:
    content = await read(watched, f"tradestat://hs/{quote(written)}")
    assert "  - 8517 Telephone sets" in content.text
    assert "851713" in content.text


async def test_a_code_of_an_older_edition_is_explained(watched: Context) -> None:
    text = (await read(watched, "tradestat://hs/851712")).text
    assert "not in HS 2022" in text
    assert "851713" in text


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("tradestat://hs/851799", "Nearest:"),
        ("tradestat://hs/bananas", "Allowed: HS codes"),
        ("tradestat://ebops/99", "Allowed: an EBOPS 2010 item"),
        ("tradestat://countries/Chinna", "Nearest: China (CN, 156)"),
        ("tradestat://countries/Congo", "can mean several areas"),
        ("tradestat://groups/ASEEN", "Nearest: ASEAN"),
        ("tradestat://sources/trademob", "is not a source"),
        ("tradestat://nothing", "Unknown resource"),
        ("tradestat://hs/..%2F..%2Fetc%2Fpasswd", "Unknown resource"),
        (f"tradestat://hs/{'9' * 10_000}", "is not an HS code"),
        ("tradestat://countries/%00%1B%5B31m", "Unknown resource"),
        ("tradestat://countries/%27%3B%20DROP%20TABLE", "not a known country"),
    ],
)
async def test_what_does_not_exist_is_refused_with_the_nearest(watched: Context, uri: str, said: str) -> None:
    error = await refusal(watched, uri)
    assert error.code == INVALID_PARAMS
    assert said in error.message
    assert len(error.message) < 11_000


async def test_every_services_item_can_be_read_by_each_of_its_codes(watched: Context) -> None:
    async with Client(create_server(watched, offered=[])) as client:
        for item in ebops_items():
            for code in filter(None, (item.code, item.sdmx, item.trademap)):
                (content,) = (await client.read_resource(f"tradestat://ebops/{quote(code)}")).contents
                assert isinstance(content, TextResourceContents)
                assert content.text.startswith(f"{item.code} {item.label} (EBOPS 2010; role: {item.role};"), code


async def test_a_services_item_is_shown_with_its_path_and_children(watched: Context) -> None:
    text = (await read(watched, "tradestat://ebops/SC1")).text
    assert text.startswith("3.1 Sea transport (EBOPS 2010; role: item; UN Comtrade SC1, Trade Map S03001)\nPath:\n- 3 ")
    assert "\n- 3.1.2 Sea transport: freight [item]\n" in text


async def test_the_country_list_has_every_area_and_its_codes(watched: Context) -> None:
    lines = (await read(watched, "tradestat://countries")).text.splitlines()
    assert len(lines) == len(areas()) + 1
    columns = lines[0].split("\t")
    usa = dict(zip(columns, next(line for line in lines if "\tUSA\t" in line).split("\t"), strict=True))
    assert (usa["m49"], usa["comtrade"], usa["trademap"], usa["china_customs"]) == ("840", "842", "842", "502")


@pytest.mark.parametrize("written", ["KR", "KOR", "410", "Korea, Rep.", "韩国", "한국"])
async def test_a_country_is_found_by_any_name_or_code(watched: Context, written: str) -> None:
    text = (await read(watched, f"tradestat://countries/{quote(written)}")).text
    assert text.startswith("South Korea\n")
    assert "China Customs: 133" in text
    assert "OECD" in text


async def test_a_group_is_shown_with_its_members_and_their_date(watched: Context) -> None:
    lines = (await read(watched, "tradestat://groups/EU")).text.splitlines()
    assert "27 members as of 2020-02-01" in lines[0]
    assert len(lines) == 2 + 27
    everything = (await read(watched, "tradestat://groups")).text.splitlines()
    assert len(everything) == len(groups()) + 1


async def test_the_guide_tells_the_steps_and_what_the_exported_file_does_not_say(watched: Context) -> None:
    text = (await read(watched, "tradestat://guide/china-customs")).text
    for said in (
        "stats.customs.gov.cn/indexEn",
        "Query by HS Code",
        "Query by Country/Region",
        "Query by Customs Port",
    ):
        assert said in text
    assert "the exported file does not say whether it holds exports or imports" in text
    assert "GB18030" in text
