"""Proxies and private authorities, as the environment names them, over real connections."""

import base64
from pathlib import Path
from typing import Any

import pytest

from orca2.asking.ask import ask
from orca2.asking.client import ModelClient
from orca2.core.types import Completion, Message, Request
from orca2.endpoints.network import proxy_for
from orca2.errors import ModelError, RecipeError
from orca2.models.openai import load
from orca2.models.openai_batch import load as load_batch
from tests.proxy import proxy
from tests.server import serve

AUTHORITY = Path(__file__).parent / "tls/authority.pem"
VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
BUNDLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@pytest.fixture(autouse=True)
def _no_network_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*VARIABLES, *map(str.lower, VARIABLES), *BUNDLES):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("A_KEY", "k")


def answer(url: str, **options: Any) -> Completion:
    model = load("m", url, key_env="A_KEY", retries=0, **options)
    (found,) = ask(ModelClient(model), [Request((Message("user", "q"),), 9)], "")
    return found


def port(url: str) -> int:
    return int(url.split(":")[2].split("/")[0])


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
@pytest.mark.parametrize("scheme", ["http://", ""])
def test_a_plain_teacher_through_a_proxy(name: str, scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(lambda messages: "yes") as (url, received), proxy(port(url)) as (own, asked):
        monkeypatch.setenv(name, f"{scheme}127.0.0.1:{own}")
        assert answer("http://teacher.invalid/v1").text == "yes" and len(received) == 1
        assert asked == ["POST http://teacher.invalid/v1/chat/completions"]


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy"])
def test_a_teacher_over_tls_through_a_proxy(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(lambda messages: "yes", tls=True) as (url, received), proxy(port(url)) as (own, asked):
        monkeypatch.setenv(name, f"http://127.0.0.1:{own}")
        assert answer("https://teacher.invalid/v1", ca_file=str(AUTHORITY)).text == "yes"
        assert asked == ["CONNECT teacher.invalid:443"] and len(received) == 1


def test_what_the_other_scheme_s_proxy_is_for_goes_past_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    assert proxy_for("http://teacher.invalid/v1") is None and proxy_for("https://teacher.invalid/v1")


@pytest.mark.parametrize("url", ["http://teacher.invalid/v1", "https://teacher.invalid/v1"])
def test_a_proxy_with_a_password_which_is_shown_nowhere(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tls = url.startswith("https")
    word = "Basic " + base64.b64encode(b"me:pa55word").decode()
    with serve(lambda messages: "yes", tls=tls) as (real, _), proxy(port(real), word) as (own, asked):
        for given, text in (("me:pa55word@", "yes"), ("me:wrong55@", ""), ("", "")):
            monkeypatch.setenv("HTTPS_PROXY" if tls else "HTTP_PROXY", f"http://{given}127.0.0.1:{own}")
            found = answer(f"{url}/{len(given)}", ca_file=str(AUTHORITY))
            assert found.text == text, found
            assert text or ("407" in str(found.error) and "55" not in str(found.error))
        assert len(asked) == 3


@pytest.mark.parametrize(
    ("host", "excepted"),
    [
        ("teacher.example", "teacher.example"),
        ("teacher.example", "other.org, teacher.example"),
        ("teacher.example", "TEACHER.example"),
        ("a.teacher.example", ".teacher.example"),
        ("a.teacher.example", "teacher.example"),
        ("teacher.example:8000", "teacher.example"),
        ("teacher.example:8000", "teacher.example:8000"),
        ("10.1.2.3", "10.1.2.3"),
        ("10.1.2.3:8000", "10.1.2.3"),
        ("[fd00::7]:8000", "fd00::7"),
        ("teacher.example", "*"),
        ("localhost:8000", "localhost"),
        ("localhost:8000", ""),  # this machine is never behind a proxy
        ("127.0.0.1:8000", ""),
        ("127.8.8.8", ""),
        ("[::1]:8000", ""),
    ],
)
@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
def test_what_is_excepted(host: str, excepted: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv(name, excepted)
    assert proxy_for(f"http://{host}/v1") is None


@pytest.mark.parametrize(
    ("host", "excepted"),
    [
        ("10.1.2.3", "10.0.0.0/8"),
        ("10.1.2.3:8000", "192.168.0.0/16,10.1.0.0/16"),
        ("10.1.2.3", "10.1.2.3/32"),
        ("10.1.2.3", "10.1.2.3/8"),  # bits beyond the block, which curl takes too
        ("10.1.2.3:8000", "10.1.2.3:8000"),
        ("10.1.2.3", "10.1.2.3:80"),  # the port that goes without saying
        ("[fd00::1]:8000", "fd00::1"),
        ("[fd00::1]:8000", "[fd00::1]"),
        ("[fd00::1]:8000", "[FD00:0::1]:8000"),
        ("[fd00::1]", "fd00::/8"),
        ("a.teacher.example", ".teacher.example"),
        ("teacher.example", ".teacher.example"),
        ("a.teacher.example", "*.teacher.example"),
        ("a.teacher.example:8000", "teacher.example:8000"),
        ("Teacher.Example", "other.example TEACHER.example"),
        ("teacher.example.", "teacher.example"),
        ("teacher.example", "teacher.example."),
        ("teacher.example", "localhost,*"),
    ],
)
def test_blocks_ports_and_domains_are_excepted(host: str, excepted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", excepted)
    assert proxy_for(f"http://{host}/v1") is None


@pytest.mark.parametrize(
    ("host", "excepted"),
    [
        ("nteacher.example", "teacher.example"),
        ("10.1.2.30", "10.1.2.3"),
        ("11.1.2.3", "10.0.0.0/8"),
        ("10.1.2.3:8000", "10.1.2.3:80"),
        ("teacher.example:8000", "teacher.example:80"),
        ("[fc00::1]", "fd00::/8"),
        ("[fd00::12]", "fd00::1"),
        ("10.1.2.3", "fd00::/8, ::/0"),
        ("teacher.example", "10.0.0.0/8, .example.org, 300.0.0.0/8, [, :"),
        ("example", "*.example.org"),
    ],
)
def test_what_is_not(host: str, excepted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", excepted)
    assert proxy_for(f"http://{host}/v1") == "http://proxy.example:3128"


def test_each_of_several_servers_goes_its_own_way(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(lambda messages: "yes") as (url, received), proxy(port(url)) as (own, asked):
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{own}")
        model = load("m", ["http://teacher.invalid/v1", url], retries=0)
        ask(ModelClient(model), [Request((Message("user", f"q{n}"),), 9) for n in range(40)], "")
        assert 0 < len(asked) < 40 == len(received)


@pytest.mark.parametrize(
    "given",
    ["socks5://user:pa55@proxy.example:1080", "ftp://proxy.example", "http://", "http://[::1", "http://p:99999"],
)
def test_a_proxy_that_speaks_no_http_is_one_line(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", given)
    with pytest.raises(ModelError, match=r"ALL_PROXY: a proxy is .*NO_PROXY") as raised:
        load("m", "http://teacher.invalid/v1")
    assert "pa55" not in str(raised.value)
    load("m", "http://localhost:8000/v1")


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "ca_file"])
def test_a_private_authority(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(lambda messages: "yes", tls=True) as (url, _):
        refused = answer(url)
        assert "certificate" in str(refused.error) and "teacher.options.ca_file" in str(refused.error)
        if name == "ca_file":
            assert answer(url, ca_file=AUTHORITY.name, base=AUTHORITY.parent).text == "yes"
        else:
            monkeypatch.setenv(name, str(AUTHORITY))
            assert answer(url).text == "yes"


def test_a_name_that_the_certificate_does_not_hold_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(lambda messages: "yes", tls=True) as (url, received), proxy(port(url)) as (own, asked):
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{own}")
        found = answer("https://another.invalid/v1", ca_file=str(AUTHORITY))
        assert "certificate" in str(found.error) and asked and not received


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "ca_file"])
def test_a_file_without_authorities_is_one_line(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty.pem").write_text("nothing")
    for path in (tmp_path / "empty.pem", tmp_path / "none.pem"):
        options = {"ca_file": str(path)} if name == "ca_file" else {}
        if not options:
            monkeypatch.setenv(name, str(path))
        with pytest.raises((ModelError, RecipeError), match=rf"{name}: .*{path.name} holds no certificates"):
            load("m", "https://teacher.invalid/v1", key_env="A_KEY", **options)


def test_the_batch_api_goes_the_same_way_and_shows_no_password_either(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(lambda messages: "yes", tls=True) as (url, _), proxy(port(url), "Basic another") as (own, asked):
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:pa55@127.0.0.1:{own}")
        model = load_batch("m", "https://teacher.invalid/v1", key_env="A_KEY", ca_file=str(AUTHORITY))
        (found,) = ask(ModelClient(model), [Request((Message("user", "q"),), 9)], "")
        assert asked and "the proxy on the way answers HTTP 407" in str(found.error) and "pa55" not in str(found.error)
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    model = load_batch("m", "https://teacher.invalid/v1/", key_env="A_KEY", ca_file=str(AUTHORITY))
    assert model._http_model.network.proxies == {"https://teacher.invalid/v1": "http://proxy.example:3128"}
    assert model._http_model.network.context is not None
