"""The options that a start passes to the server."""

from __future__ import annotations

import tomllib

from streamlit import config

from dashboard.options import CONFIG_FILE, EVERYWHERE, LOOPBACK, streamlit_options


def test_every_entry_of_the_config_file_is_passed_by_its_dotted_name() -> None:
    options = streamlit_options(LOOPBACK, 8501)
    assert options["runner.postScriptGC"] is False
    assert options["browser.gatherUsageStats"] is False
    assert options["client.toolbarMode"] == "viewer"
    assert options["client.showErrorDetails"] == "none"
    assert options["server.fileWatcherType"] == "none"
    assert options["theme.light.primaryColor"] == "#0B6BCB"
    assert options["theme.headingFontSizes"] == ["28px", "22px", "20px", "18px", "18px", "18px"]
    leaves = sum(
        sum(len(value) if isinstance(value, dict) else 1 for value in section.values())
        for section in tomllib.loads(CONFIG_FILE.read_text()).values()
    )
    assert leaves == len(options) - len({"server.address", "server.port", "browser.serverPort", "server.allowedHosts"})


def test_streamlit_knows_every_option_that_is_passed() -> None:
    known = set(config._config_options_template)
    assert set(streamlit_options(EVERYWHERE, 80, "https://gauge.example.com")) <= known


def test_loopback_accepts_only_loopbacks_own_names() -> None:
    assert streamlit_options(LOOPBACK, 8501)["server.allowedHosts"] == ["127.0.0.1", "localhost", "::1"]


def test_a_shared_instance_accepts_the_public_name_and_links_to_it() -> None:
    options = streamlit_options(EVERYWHERE, 8501, "https://gauge.example.com/")
    assert options["server.allowedHosts"] == ["127.0.0.1", "localhost", "::1", "gauge.example.com"]
    assert options["browser.serverAddress"] == "gauge.example.com"


def test_a_shared_instance_without_a_public_url_is_reached_under_any_name() -> None:
    assert "server.allowedHosts" not in streamlit_options(EVERYWHERE, 8501)
