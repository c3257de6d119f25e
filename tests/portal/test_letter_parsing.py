"""Reading mails: what people, servers and vandals send, and never an error."""

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.forms import UNSTORABLE
from portal.letters.html import text_of_html
from portal.letters.parsing import LONGEST_TEXT, parse
from tests.portal.letter_mails import answer, bounce

TO = "briefe+0123456789abcdef0123@wiq.example"


def test_a_plain_answer():
    mail = parse(answer(TO, In_Reply_To="<unser-brief@wiq.example>"))
    assert mail.kind == "answer"
    assert mail.key == "<antwort-1@office.example>"
    assert mail.text == "Ja, das ist möglich."
    assert mail.subject == "AW: Anfrage zu einer Bank"
    assert mail.sender == "Grünamt (office.example)"
    assert "@" not in mail.sender
    assert mail.sender_address == "stadtgruen@office.example"
    assert TO in mail.recipients
    assert mail.references == ["<unser-brief@wiq.example>"]


def test_a_mail_without_message_id_has_a_key_of_its_content():
    first, second = (parse(answer(TO, text, Message_ID="")) for text in ("Ja", "Nein"))
    assert first.key == parse(answer(TO, "Ja", Message_ID="")).key
    assert first.key != second.key


def test_a_mail_of_html_only_is_read_without_its_markup():
    page = (
        "<head><title>x</title><style>p {}</style></head><script>alert(1)</script>"
        "<p>Guten&nbsp;Tag,</p><p>wir <b>prüfen</b><br>das.</p><img src='http://t'>"
    )
    message = EmailMessage()
    message["From"] = "amt@office.example"
    message.set_content(page, subtype="html")
    assert parse(message.as_bytes()).text == "Guten Tag,\n\nwir prüfen\ndas."


def test_plain_text_wins_and_attachments_are_only_named():
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "amt@office.example", TO, "Plan"
    message.set_content("Der Plan hängt an.")
    message.add_alternative("<p>HTML</p>", subtype="html")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="Plän.pdf")
    message.add_attachment("geheim", filename="notiz.txt")
    mail = parse(message.as_bytes())
    assert mail.text == "Der Plan hängt an."
    assert mail.attachments == ["Plän.pdf", "notiz.txt"]


def test_a_mail_that_is_only_a_file_says_so():
    message = EmailMessage()
    message["From"] = "amt@office.example"
    message.set_content(b"%PDF", maintype="application", subtype="pdf", filename="Bescheid.pdf")
    mail = parse(message.as_bytes())
    assert (mail.text, mail.attachments) == ("", ["Bescheid.pdf"])


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied (vacation)"},
        {"Auto_Submitted": "auto-generated"},
        {"Precedence": "bulk"},
        {"X_Autoreply": "yes"},
        {"List_Id": "<rundbrief.office.example>"},
        {"Return_Path": "<>"},
        {"From": "Mailer-Daemon@office.example"},
        {"Subject": "Automatische Antwort: Anfrage zu einer Bank"},
        {"Subject": "Abwesenheitsnotiz: bis Montag nicht im Haus"},
        {"Subject": "Out of Office"},
        {"Subject": "Eingangsbestätigung zu Ihrer Anfrage"},
    ],
)
def test_machines_are_no_answer(headers):
    assert parse(answer(TO, **headers)).kind == "auto"


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "no"},
        {"From": "noreply@office.example"},  # how some ticket systems answer
        {"Subject": "Automatische Bewässerung der Baumscheibe"},
    ],
)
def test_people_are(headers):
    assert parse(answer(TO, **headers)).kind == "answer"


def test_a_bounce_is_told_from_a_delay_and_a_receipt():
    assert parse(bounce(TO)).kind == "bounce"
    assert parse(bounce(TO, returned_id="<brief@wiq.example>")).references == [
        "<brief@wiq.example>"
    ]
    assert parse(bounce(TO, action="delayed")).kind == "auto"
    assert parse(answer(TO, X_Failed_Recipients="stadtgruen@office.example")).kind == "bounce"
    receipt = bounce(TO).replace(b"delivery-status", b"disposition-notification")
    assert parse(receipt).kind == "auto"


def test_a_bounce_with_only_the_headers_of_what_it_returns():
    raw = bounce(TO, returned_id="<brief@wiq.example>").replace(
        b"Content-Type: message/rfc822\n", b"Content-Type: text/rfc822-headers\n"
    )
    assert b"text/rfc822-headers" in raw
    mail = parse(raw)
    assert mail.kind == "bounce"
    assert "<brief@wiq.example>" in mail.references


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff" * 100,
        b"From: =?utf-8?b?!!!?=\r\nSubject: =?klingon?q?=FF=00?=\r\n\r\nText",
        b"From: \xff\xfe\r\nMessage-ID: <\x00nul@x>\r\nSubject: a\x00b\r\n\r\nText\x00",
        b"Content-Type: text/plain; charset=no-such\r\n\r\nGr\xfc\xdfe",
        b"Content-Type: text/plain; charset=utf-7\r\n\r\n+AGE-",
        b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!",
        b"Content-Type: multipart/mixed\r\n\r\nno boundary",
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n",
        b"Content-Type: message/delivery-status\r\n\r\nAction: failed\r\n",
        b"Content-Type: message/rfc822\r\n\r\n" * 300 + b"deep",
        b"Content-Disposition: attachment; filename*=utf-8''%FF%00\r\n\r\nText",
        b"References: " + b"<a@b> " * 100_000 + b"\r\n\r\nText",
        b"Subject: " + b"=?utf-8?q?a?= " * 20_000 + b"\r\n\r\nText",
        b"Content-Type: text/html\r\n\r\n" + b"<div" * 100_000,
        b"Content-Type: text/html\r\n\r\n" + b"<![CDATA[" * 20_000,
    ],
)
def test_nothing_breaks_the_reader(raw):
    mail = parse(raw)
    for text in (mail.key, mail.sender, mail.subject, mail.text, *mail.attachments):
        assert not UNSTORABLE.search(text)
    assert len(mail.text) <= LONGEST_TEXT
    assert "\n" not in mail.subject + mail.sender


def nested(levels: int) -> bytes:
    raw = b"Content-Type: text/plain\r\n\r\nHallo\r\n"
    for level in range(levels):
        mark = b"b%d" % level
        head = b"Content-Type: multipart/mixed; boundary=" + mark + b"\r\n\r\n"
        raw = head + b"--" + mark + b"\r\n" + raw + b"\r\n--" + mark + b"--\r\n"
    return raw


@pytest.mark.parametrize("levels", [3, 50, 2000])
def test_parts_nested_without_end_are_survived(levels):
    mail = parse(nested(levels))
    assert mail.text == ("Hallo" if levels == 3 else "")


@given(st.binary(max_size=3000))
def test_any_bytes_are_read(raw):
    mail = parse(raw)
    assert mail.kind in ("answer", "auto", "bounce")
    assert not UNSTORABLE.search(mail.text + mail.subject + mail.sender + mail.key)


@given(st.text(max_size=500))
def test_any_text_is_kept_or_cleaned(text):
    assert not UNSTORABLE.search(parse(answer(TO, text.replace("\r", ""))).text)


@given(st.text(alphabet="<>/!-[]&;#abp\"'= \n", max_size=400))
def test_any_markup_is_survived(html):
    assert isinstance(text_of_html(html), str)


def test_wrong_charsets_are_guessed():
    raw = b"From: a@b.example\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nGr\xfc\xdfe"
    assert parse(raw).text == "Grüße"
    assert parse(raw.replace(b"Gr\xfc\xdfe", "Grüße".encode())).text == "Grüße"


def test_a_long_text_is_cut():
    assert len(parse(answer(TO, "wort " * 20_000)).text) == LONGEST_TEXT
