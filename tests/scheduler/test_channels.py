"""预警渠道: what settings are taken, and that no secret is shown."""

from typing import Any

import pytest

from scheduler.channels import MASK, ChannelError, parse_channel, public, stored

MAIL: dict[str, Any] = {
    "host": "smtp.office.test", "username": "alerts", "password": "hush-hush", "starttls": True,
    "sender": "alerts@office.test", "recipients": ["chief@office.test"],
}  # fmt: skip
HOOK = {"url": "https://chat.office.test/robot?key=abcdef", "secret": "hush-hush"}


def test_a_mail_channel_knows_the_usual_ports() -> None:
    assert parse_channel("m", "mail", MAIL, True).settings.port == 587
    assert parse_channel("m", "mail", {**MAIL, "starttls": False}, True).settings.port == 25
    assert parse_channel("m", "mail", {**MAIL, "starttls": False, "ssl": True}, True).settings.port == 465


@pytest.mark.parametrize("kind", ["mail", "webhook"])
def test_what_is_kept_can_be_read_back(kind: str) -> None:
    channel = parse_channel("c-1", kind, MAIL if kind == "mail" else HOOK, True)
    assert parse_channel("c-1", kind, stored(channel), True) == channel


@pytest.mark.parametrize("kind", ["mail", "webhook"])
def test_secrets_are_masked_and_come_back_unharmed(kind: str) -> None:
    channel = parse_channel("c-1", kind, MAIL if kind == "mail" else HOOK, True)
    shown = public(channel)
    assert "hush-hush" not in str(shown)
    assert "abcdef" not in str(shown)
    again = parse_channel("c-1", kind, shown["settings"], False, previous=channel)
    assert again.settings == channel.settings
    assert not again.enabled


@pytest.mark.parametrize("kind", ["mail", "webhook"])
def test_a_mask_is_no_secret_for_a_new_channel(kind: str) -> None:
    settings = {**MAIL, "password": MASK} if kind == "mail" else {**HOOK, "secret": MASK}
    with pytest.raises(ChannelError) as refusal:
        parse_channel("c-1", kind, settings, True)
    assert refusal.value.code == "alert_channel.setting_invalid"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"host": None}, "setting_missing"),
        *[
            ({"host": host}, "setting_invalid")
            for host in ("....", "..", "a" * 300, "a" * 500, "a b", "一" * 80)
        ],
        ({"host": "169.254.169.254"}, "setting_invalid"),
        ({"host": "邮件.office.test"}, "taken"),
        ({"host": "::1"}, "taken"),
        ({"recipients": []}, "setting_missing"),
        ({"port": 70000}, "setting_invalid"),
        ({"port": True}, "setting_invalid"),
        ({"ssl": True}, "setting_invalid"),
        ({"ssl": "yes"}, "setting_invalid"),
        ({"password": ""}, "setting_invalid"),
        ({"sender": "alerts"}, "setting_invalid"),
        ({"sender": "a@office.test\r\nBcc: x@else.test"}, "setting_invalid"),
        ({"recipients": "chief@office.test"}, "setting_invalid"),
        ({"recipients": ["chief@office.test\n"]}, "taken"),
        ({"recipients": ["chief@office.test", "nobody"]}, "setting_invalid"),
        ({"recipients": {"li": "nobody"}}, "setting_invalid"),
        ({"receipients": []}, "setting_unknown"),
    ],
)
def test_mail_settings_are_checked(change: dict[str, Any], code: str) -> None:
    check("mail", {**MAIL, **change}, code)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"secret": None}, "setting_missing"),
        ({"secret": "short"}, "setting_invalid"),
        ({"url": "ftp://chat.office.test/"}, "setting_invalid"),
        ({"url": "file:///etc/passwd"}, "setting_invalid"),
        ({"url": "https:///robot"}, "setting_invalid"),
        ({"url": "https://me:pass@chat.office.test/"}, "setting_invalid"),
        ({"url": "https://chat.office.test:99999/"}, "setting_invalid"),
        ({"url": "http://169.254.169.254/latest"}, "setting_invalid"),
        ({"url": "http://[fe80::1]/"}, "setting_invalid"),
        ({"url": "http://[::ffff:169.254.169.254]/"}, "setting_invalid"),
        ({"url": "http://2852039166/"}, "setting_invalid"),
        ({"url": "http://0xa9.0xfe.0xa9.0xfe/"}, "setting_invalid"),
        *[
            ({"url": f"http://{host}/"}, "setting_invalid")
            for host in ("....", "..", "a" * 300, "a" * 500, "-" * 64, "a..b", "a.b!c", "1.2.3")
        ],
        *[
            ({"url": f"http://[{host}]/"}, "setting_invalid")
            for host in (
                "fd00:ec2::254",
                "64:ff9b::a9fe:a9fe",
                "64:ff9b:1::169.254.169.254",
                "::169.254.169.254",
                "2002:a9fe:a9fe::",
                "2002:a9fe:a9fe:1::2",
                "::ffff:0:169.254.1.1",
                "ff02::1",
                "::",
                "::ffff:0.0.0.0",
                "2001:0:4136:e378:8000:63bf:5601:5601",
                "fd00::5efe:169.254.169.254",
            )
        ],
        *[
            ({"url": f"http://[{host}]/"}, "taken")
            for host in ("::1", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1")
        ],
        ({"url": "http://100.100.100.200/"}, "setting_invalid"),
        ({"url": "http://localhost/"}, "taken"),
        ({"url": "http://office.test.:8080/in"}, "taken"),
        ({"url": "http://relay-2.office.test/"}, "taken"),
        ({"url": "http://0.0.0.0/"}, "setting_invalid"),
        ({"url": "http://10.1.2.3:8080/in"}, "taken"),
        ({"headers": {}}, "setting_unknown"),
    ],
)
def test_webhook_settings_are_checked(change: dict[str, Any], code: str) -> None:
    check("webhook", {**HOOK, **change}, code)


def check(kind: str, settings: dict[str, Any], code: str) -> None:
    """The settings are taken, or refused with that code and a Chinese sentence."""
    if code == "taken":
        assert parse_channel("c-1", kind, settings, True).kind == kind
        return
    with pytest.raises(ChannelError) as refusal:
        parse_channel("c-1", kind, settings, True)
    assert refusal.value.code == f"alert_channel.{code}"
    assert refusal.value.message.endswith("。")


def test_unknown_kinds_and_odd_ids_are_refused() -> None:
    with pytest.raises(ChannelError, match=r"alert_channel\.kind_unknown"):
        parse_channel("c-1", "pigeon", {}, True)
    with pytest.raises(ChannelError, match=r"alert_channel\.id_invalid"):
        parse_channel("a/b", "webhook", HOOK, True)
