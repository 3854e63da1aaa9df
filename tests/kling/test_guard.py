import ipaddress
import threading
import time

import pytest

from storyboard.kling.guard import (
    AddressRefused,
    CheckedAddress,
    check_address,
    is_global,
    judged,
    resolve_within,
)

LISTED = frozenset({"127.0.0.1:9901", "[::1]:9901", "simulator:9901"})


def test_a_public_https_address_is_taken() -> None:
    assert check_address("https://V1-Kling.klingai.com/a.mp4?x=1") == CheckedAddress(
        url="https://V1-Kling.klingai.com/a.mp4?x=1",
        scheme="https",
        host="v1-kling.klingai.com",
        port=443,
        may_be_private=False,
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://93.184.215.14/a",
        "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/a",
        "https://klingai.com.:443/a",
    ],
)
def test_other_public_forms_are_taken(url: str) -> None:
    assert not check_address(url).may_be_private


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://127.1.2.3/",
        "https://[::1]/",
        "https://0.0.0.0/",
        "https://[::]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://10.0.0.5/",
        "https://172.16.0.1/",
        "https://192.168.1.1/",
        "https://100.64.0.1/",
        "https://[fd00::1]/",
        "https://[fe80::1]/",
        "https://[fec0::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[::127.0.0.1]/",
        "https://[2002:7f00:1::]/",
        "https://[2002:c0a8:101::1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[64:ff9b::a9fe:a9fe]/",
        "https://[64:ff9b:1::808:808]/",
        "https://[2001:0:53aa:64c::1]/",
        "https://224.0.0.1/",
        "https://[ff02::1]/",
        "https://255.255.255.255/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://0x7f000001/",
        "https://127.1/",
        "https://0177.0.0.1/",
        "https://localhost/",
        "https://localhost./",
        "https://LOCALHOST/",
        "https://api.localhost/",
        "https://router.local/",
        "https://metadata.google.internal/",
        "https://intranet/",
        "https://a..b.com/",
        "https://-a.com/",
        "https://exa mple.com/",
        "https://[fe80::1%25eth0]/",
        "https:///a",
        "https://good.example.com@evil.example.com/",
        "https://user:secret@klingai.com/",
        "http://klingai.com/",
        "https://klingai.com:6379/",
        "https://klingai.com:80/",
        "https://klingai.com:0/",
        "http://klingai.com:443/",
        "file:///etc/passwd",
        "gopher://klingai.com/",
        "ftp://klingai.com/",
        "//klingai.com/a",
        "klingai.com",
        "",
        "https://klingai.com:99999/",
        "https://exa\tmple.com/",
        "http://127.0.0.1:9902/",
        "http://127.0.0.2:9901/",
        "http://evil@127.0.0.1:9901/",
        "ftp://127.0.0.1:9901/",
    ],
)
def test_every_other_address_is_refused_in_words(url: str) -> None:
    with pytest.raises(AddressRefused) as caught:
        check_address(url, allow_private_hosts=LISTED)
    assert caught.value.words.endswith(".")
    assert "secret" not in caught.value.words


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9901/a", "https://127.0.0.1:9901/a", "http://[::1]:9901/", "http://simulator:9901"]
)  # fmt: skip
def test_a_listed_host_and_port_may_be_private(url: str) -> None:
    checked = check_address(url, allow_private_hosts=LISTED)
    assert (checked.may_be_private, checked.port) == (True, 9901)


def test_a_host_listed_on_port_443_is_listed_with_its_port() -> None:
    listed = frozenset({"127.0.0.1:443"})
    assert check_address("https://127.0.0.1/", allow_private_hosts=listed).may_be_private
    with pytest.raises(AddressRefused):
        check_address("https://127.0.0.1/", allow_private_hosts=frozenset({"127.0.0.1:80"}))


def test_a_name_counts_by_every_address_it_has() -> None:
    found = ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"]
    assert judged("a.com", 443, found, allow_private_hosts=frozenset()) == tuple(found)
    for private in ("127.0.0.1", "::1", "fe80::1%eth0", "::ffff:10.0.0.1"):
        with pytest.raises(AddressRefused, match="private network"):
            judged("a.com", 443, [*found, private], allow_private_hosts=frozenset())


def test_a_name_without_addresses_is_refused() -> None:
    with pytest.raises(AddressRefused, match="no address"):
        judged("a.com", 443, [], allow_private_hosts=frozenset())


def test_a_listed_name_may_lead_anywhere() -> None:
    assert judged("simulator", 9901, ["10.0.0.9"], allow_private_hosts=LISTED) == ("10.0.0.9",)


@pytest.mark.parametrize(
    ("address", "public"),
    [("8.8.8.8", True), ("::ffff:8.8.8.8", True), ("2002:808:808::1", True),
     ("64:ff9b::808:808", True), ("2a00:1450::1", True), ("192.0.2.1", False),
     ("240.0.0.1", False), ("64:ff9b::a00:1", False)],
)  # fmt: skip
def test_ipv4_inside_ipv6_counts_as_the_ipv4_it_leads_to(address: str, public: bool) -> None:
    assert is_global(ipaddress.ip_address(address)) is public


def test_a_resolver_that_hangs_is_left_behind() -> None:
    end = threading.Event()

    def hang(_host: str, _port: int) -> list[str]:
        end.wait(5)
        return ["8.8.8.8"]

    start = time.monotonic()
    with pytest.raises(TimeoutError):
        resolve_within(hang, "a.com", 443, 0.02)
    assert time.monotonic() - start < 1
    end.set()


def test_a_resolver_s_answer_and_its_failure_come_through() -> None:
    assert resolve_within(lambda _host, _port: ["8.8.8.8"], "a.com", 443, 1) == ["8.8.8.8"]

    def fail(_host: str, _port: int) -> list[str]:
        raise OSError("no such name")

    with pytest.raises(OSError, match="no such name"):
        resolve_within(fail, "a.com", 443, 1)
