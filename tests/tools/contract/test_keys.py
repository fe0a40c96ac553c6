"""What can be told of a key by looking at it."""

import base64
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradestat_tools.catalogue import catalogue
from tradestat_tools.contract.source import examine_key

KEYS = {source.key.variable: source.key for source in catalogue().sources.values() if source.key}
KOREA = "DATA_GO_KR_SERVICE_KEY"
DECODING = base64.b64encode(bytes(range(180, 244))).decode("ascii")
ENCODING = quote(DECODING, safe="")


def test_both_forms_of_a_korean_key_are_told_apart() -> None:
    assert examine_key(KEYS[KOREA], DECODING).detail == f"Decoding form, {len(DECODING)} characters"
    assert examine_key(KEYS[KOREA], ENCODING).detail == f"Encoding form, {len(ENCODING)} characters"
    assert examine_key(KEYS[KOREA], "0a" * 32).detail == "the same in both forms, 64 characters"


def test_what_can_not_be_a_key_is_said() -> None:
    for variable, value, complaint in [
        (KOREA, quote(ENCODING, safe=""), "percent-encoded twice"), (KOREA, ENCODING[:-1], "may be cut off"),
        (KOREA, DECODING.replace("/", "!"), "characters that neither form"), (KOREA, "short", "only 5 characters"),
        ("COMTRADE_API_KEY", "0a" * 15, "has 30 characters; a subscription key is 32"),
        ("COMTRADE_API_KEY", "z" * 32, "32 hexadecimal digits"),
        ("PARSE_API_KEY", '"0123456789abcdefghij"', "in quotes"),
        ("PARSE_API_KEY", "0123456789 abcdefghij", "blanks"),
        ("PARSE_API_KEY", "your-parse-bot-api-key", "placeholder"),
        ("PARSE_API_KEY", "키" * 20, "characters that no key has"),
    ]:  # fmt: skip
        form = examine_key(KEYS[variable], value)
        assert not form.well_formed
        assert complaint in form.detail


@pytest.mark.parametrize("variable", [KOREA, "COMTRADE_API_KEY", "PARSE_API_KEY"])
@given(value=st.text(min_size=1, max_size=200))
def test_a_key_is_never_shown(variable: str, value: str) -> None:
    secret = f"s3cr3t{value}s3cr3t"
    assert "s3cr3t" not in examine_key(KEYS[variable], secret).detail


@given(st.binary(min_size=32, max_size=64))
def test_every_form_of_every_korean_key_is_well_formed(key: bytes) -> None:
    decoding = base64.b64encode(key).decode("ascii")
    assert examine_key(KEYS[KOREA], decoding).well_formed
    assert examine_key(KEYS[KOREA], quote(decoding, safe="")).well_formed
