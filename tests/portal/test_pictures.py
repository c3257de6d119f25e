"""Pictures: what is sent is written anew, belongs to somebody, and goes when it should."""

import io
import os
import resource
import shutil
import struct
from datetime import timedelta
from zlib import compressobj, crc32

import pytest
from PIL import Image
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, stream_encode_multipart

from portal import clock
from portal.accounts.erasure import delete_user
from portal.accounts.exports import everything_about
from portal.extensions import db
from portal.moderation.models import AuditEntry
from portal.pictures import jobs, queries, store
from portal.pictures.actions import MOST_PICTURES
from portal.pictures.models import Picture
from portal.teams.actions import add_member, create_team
from portal.teams.models import Team
from tests.portal.photos import WORDS, as_file, hang_picture, photo

_OF_PICTURES = (
    select(AuditEntry.action).where(AuditEntry.subject_kind == "picture").order_by(AuditEntry.id)
)


@pytest.fixture
def garden(app, cem, ada) -> Team:
    """Ada's team, and an empty folder for pictures."""
    shutil.rmtree(store.folder(), ignore_errors=True)
    team = create_team(by=cem, name="Hofgarten", challenge="Beete im Hof anlegen.")
    add_member(team, ada, is_lead=True)
    db.session.commit()
    return team


def own(team: Team) -> str:
    return f"/bilder/fuer/team/{team.id}"


def send(browser, team, content: bytes, *, status=200, name="bild.jpg", **words):
    return browser.submit(own(team), status=status, file=as_file(content, name), **(WORDS | words))


def only_picture() -> Picture:
    return db.session.scalars(select(Picture)).one()


def test_a_lead_adds_a_picture_and_visitors_see_it(as_user, ada, garden, visitor):
    page = send(as_user(ada), garden, photo(1200, 800))
    assert "Das Bild ist veröffentlicht." in page.text
    shown = visitor.visit(f"/teams/{garden.id}").select_one("main figure img")
    assert shown["alt"] == WORDS["alt"]
    assert (shown["width"], shown["height"]) == ("1200", "800")
    assert "Bild: Ada" in visitor.visit(f"/teams/{garden.id}").select_one("figcaption").text
    sizes = [part.split() for part in shown["srcset"].split(", ")]
    assert [width for _url, width in sizes] == ["480w", "960w", "1200w"]
    for (url, _width), kind in zip(sizes, ("webp", "webp", "jpeg"), strict=True):
        with visitor.get(url) as answer:
            assert answer.mimetype == f"image/{kind}"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "immutable" in answer.headers["Cache-Control"]
        with visitor.get(url, headers={"If-None-Match": answer.headers["ETag"]}) as again:
            assert again.status_code == 304


def test_who_vouched_when_and_for_what_is_kept(as_user, ada, garden):
    send(as_user(ada), garden, photo())
    picture = only_picture()
    assert picture.rights_by_id == ada.id
    assert "einverstanden" in picture.rights_wording
    assert clock.now() - picture.rights_at < timedelta(minutes=1)
    assert everything_about(ada)["pictures"][0]["shows"] == WORDS["alt"]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_place_and_maker_are_gone(as_user, ada, garden, kind):
    sent = photo(kind=kind, icc_profile=b"") if kind == "PNG" else photo(kind=kind)
    send(as_user(ada), garden, sent)
    for size in ("klein", "mittel", "gross"):
        path = store.path_of(only_picture().digest, size)
        with Image.open(path) as image:
            assert not image.getexif()
            assert not {"exif", "xmp", "comment", "icc_profile"} & set(image.info)
        assert b"Handymarke" not in path.read_bytes()


def test_what_a_phone_held_sideways_took_stands_upright(as_user, ada, garden):
    send(as_user(ada), garden, photo(640, 480, turned=6))  # turn right to see it
    with Image.open(store.path_of(only_picture().digest, "gross")) as image:
        assert image.size == (480, 640)
        top, bottom = image.getpixel((240, 40)), image.getpixel((240, 600))
    assert top[2] > 200 > 100 > top[0]  # the left half, blue, is on top now
    assert bottom[0] > 200 > 100 > bottom[2]


def test_nothing_grows_and_large_pictures_shrink(as_user, ada, garden):
    browser = as_user(ada)
    send(browser, garden, photo(4000, 2000, quality=30))
    send(browser, garden, photo(300, 200))
    large, small = queries.pictures_of("team", garden.id)
    assert (large.width, large.height) == (1920, 960)
    assert [(each.width, each.height) for each in small.renditions] == [(300, 200)]


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "CMYK", "1", "LA"])
def test_pictures_of_every_colour_kind_are_taken(as_user, ada, garden, mode):
    kind = "JPEG" if mode in ("L", "CMYK") else "PNG"
    image = Image.new(mode, (200, 100), 0)
    path = store.folder().parent / "drawn"
    image.save(path, kind)
    send(as_user(ada), garden, path.read_bytes())
    with Image.open(store.path_of(only_picture().digest, "gross")) as stored:
        assert stored.mode == "RGB"


def _heic() -> bytes:
    return b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00heicmif1" + bytes(500)


def _chunk(name: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", crc32(name + content))
    )


def _bomb() -> bytes:
    """A valid PNG of 30,000 × 30,000 black pixels."""
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", 30_000, 30_000, 1, 0, 0, 0, 0))
    row, packer = bytes(1 + 30_000 // 8), compressobj(9)
    pixels = b"".join(packer.compress(row * 100) for _each in range(300)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + header + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


BAD = {
    "empty": (b"", "Die Datei ist leer"),
    "text": (b"Hallo Nachbarschaft" * 100, "kein Bild"),
    "html": (b"<html><script>alert(1)</script></html>", "mehr als ein Bild"),
    "svg": (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "mehr als ein Bild"),
    "gif": (photo(kind="GIF"), "kein Bild"),
    "cut off": (photo()[:3000], "kein Bild"),
    "heic": (_heic(), "HEIC"),
    "html behind": (photo() + b"<script src=//evil.example></script>", "mehr als ein Bild"),
    "html in a comment": (photo(comment=b"<!doctype html><script>1</script>"), "mehr als ein"),
    "pdf in front": (b"%PDF-1.4\n" + photo(), "mehr als ein Bild"),
    "tiny": (photo(8, 8), "winzig"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_refused_and_what_was_typed_stays(as_user, ada, garden, name):
    content, reason = BAD[name]
    page = send(as_user(ada), garden, content, status=422)
    assert reason in page.select_one("#file-error").text
    assert page.select_one("textarea[name=alt]").text.strip() == WORDS["alt"]
    assert page.select_one("input[name=credit]")["value"] == WORDS["credit"]
    assert page.select_one("input[name=rights]").has_attr("checked")
    assert not db.session.scalar(select(func.count(Picture.id)))


def test_a_picture_that_is_an_archive_as_well_is_refused(as_user, ada, garden, tmp_path):
    (tmp_path / "x").write_text("class files")
    archive = shutil.make_archive(str(tmp_path / "zip"), "zip", tmp_path, "x")
    with open(archive, "rb") as file:
        page = send(as_user(ada), garden, photo() + file.read(), status=422)
    assert "mehr als ein Bild" in page.text


def test_a_decompression_bomb_is_refused_before_it_is_decoded(as_user, ada, garden):
    bomb = _bomb()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    page = send(as_user(ada), garden, bomb, status=422)
    assert "zu viele Bildpunkte" in page.text
    assert len(bomb) < 300_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000  # KiB


def send_much(browser, team, content: bytes) -> TestResponse:
    """Send a body that the test client would else leave in an open temporary file."""
    body, _length, boundary = stream_encode_multipart(
        WORDS | {"file": FileStorage(io.BytesIO(content), "bild.jpg")}, use_tempfile=False
    )
    kind = f'multipart/form-data; boundary="{boundary}"'
    return browser.post(own(team), input_stream=body, content_type=kind)


def test_a_file_of_too_many_bytes_keeps_the_words(as_user, ada, garden):
    answer = send_much(as_user(ada), garden, photo() + bytes(15 * 1024 * 1024))
    assert answer.status_code == 422
    assert "Das Bild hat 16 MB, mehr als 15 MB gehen nicht." in answer.text
    assert WORDS["alt"] in answer.text


def test_a_request_beyond_all_measure_ends_early(as_user, ada, garden):
    answer = send_much(as_user(ada), garden, bytes(31 * 1024 * 1024))
    assert answer.status_code == 413
    assert "kleineres Bild" in answer.text


def test_a_stranger_does_not_fill_the_disk_before_they_are_sent_away(visitor, garden):
    assert send_much(visitor, garden, bytes(9 * 1024 * 1024)).status_code == 413


@pytest.mark.parametrize("name", ["alt", "credit", "rights"])
def test_words_credit_and_rights_are_required(as_user, ada, garden, name):
    page = send(as_user(ada), garden, photo(), status=422, **{name: ""})
    assert page.select_one(f"#{name}-error")
    assert not db.session.scalar(select(func.count(Picture.id)))


def test_a_full_disk_is_said_and_what_was_typed_stays(as_user, ada, garden):
    """The kernel itself refuses: no file may grow beyond 900 bytes."""
    browser, soft = as_user(ada), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (900, soft[1]))
    try:
        answer = browser.post(own(garden), data=WORDS | {"file": as_file(photo())})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, soft)
    assert answer.status_code == 507
    assert "kein Platz für Bilder" in answer.text
    assert WORDS["alt"] in answer.text
    assert not db.session.scalar(select(func.count(Picture.id)))
    assert not list(store.folder().glob("*/*"))
    send(browser, garden, photo())  # with room again it works


def test_a_folder_that_cannot_be_written_is_said(as_user, ada, garden):
    store.folder().write_text("in the way")
    try:
        page = as_user(ada).submit(own(garden), status=507, file=as_file(photo()), **WORDS)
    finally:
        store.folder().unlink()
    assert "kein Platz für Bilder" in page.text


def test_strangers_and_other_residents_change_nothing(app, visitor, as_user, ada, ben, cem, garden):
    picture = hang_picture(garden, ada)
    paths = [own(garden), f"/bilder/{picture.id}/bearbeiten"]
    posts = [*paths, f"/bilder/{picture.id}/zuerst", f"/bilder/{picture.id}/entfernen"]
    for browser, wanted in ((visitor, 302), (as_user(ben), 403)):
        assert {browser.get(path).status_code for path in paths} == {wanted}
        assert {browser.post(path).status_code for path in posts} <= {wanted, 401}
    assert as_user(cem).get(own(garden)).status_code == 200
    assert as_user(ada).get("/bilder/fuer/team/999").status_code == 404
    assert as_user(ada).get("/bilder/fuer/unbekannt/1").status_code == 404
    assert only_picture().id == picture.id


def test_words_change_and_another_file_needs_the_tick_again(as_user, ada, garden):
    browser, picture = as_user(ada), hang_picture(garden, ada)
    old, path = picture.digest, f"/bilder/{picture.id}/bearbeiten"
    browser.submit(path, alt="Ein Beet mit Salat", credit="Ben")
    assert (only_picture().alt, only_picture().digest) == ("Ein Beet mit Salat", old)
    other = {"alt": "Ein Beet", "credit": "Ben"}
    page = browser.submit(path, status=422, file=as_file(photo(300, 300)), **other)
    assert "Ohne dein Häkchen" in page.text
    browser.submit(path, file=as_file(photo(300, 300)), rights="y", **other)
    assert only_picture().digest != old


def test_another_picture_moves_to_the_top(as_user, ada, garden):
    browser = as_user(ada)
    first, second = hang_picture(garden, ada), hang_picture(garden, ada, alt="Das Fest im Hof")
    browser.submit(f"/bilder/{second.id}/zuerst")
    assert [each.id for each in queries.pictures_of("team", garden.id)] == [second.id, first.id]
    assert queries.first_pictures("team", [garden.id, 99])[garden.id].id == second.id


def test_there_is_an_end_to_pictures(as_user, ada, garden):
    for _number in range(MOST_PICTURES):
        hang_picture(garden, ada)
    answer = as_user(ada).post(own(garden), data=WORDS | {"file": as_file(photo())})
    assert answer.status_code == 400
    assert "Mehr als zwölf" in answer.text


def test_a_removed_picture_is_gone_at_once_and_its_files_within_the_hour(as_user, ada, garden):
    picture = hang_picture(garden, ada)
    twin = hang_picture(garden, ada)  # the same pixels: the same files
    kept = hang_picture(garden, ada, photo(500, 500))
    browser = as_user(ada)
    url = f"/bilder/{picture.id}/klein"
    with browser.get(url) as answer:
        assert answer.status_code == 200
    for each in (picture, twin):
        browser.submit(f"/bilder/{each.id}/entfernen")
    assert browser.get(url).status_code == 404
    assert jobs.remind_due() == 0  # somebody may be about to use the same pixels
    left_behind = store.folder() / "ab" / ".killed.part"
    left_behind.parent.mkdir(exist_ok=True)
    left_behind.write_bytes(b"half")
    for path in store.folder().glob("*/*"):
        os.utime(path, (0, 0))
    assert jobs.remind_due() == 4
    assert store.is_whole(kept.digest)
    assert jobs.remind_due() == 0


def test_pictures_go_with_their_team(as_user, ada):
    team = create_team(by=ada, name="Lastenrad", challenge="Ein Rad für alle.")
    url = f"/bilder/{hang_picture(team, ada).id}/klein"
    db.session.delete(team)
    db.session.commit()
    assert not db.session.scalar(select(func.count(Picture.id)))
    assert as_user(ada).get(url).status_code == 404


def test_a_deleted_account_leaves_the_teams_picture_without_its_name(app, ada, garden):
    hang_picture(garden, ada)
    delete_user(ada)
    db.session.commit()
    assert only_picture().rights_by_id is None
    assert only_picture().rights_wording


def test_what_coordinators_do_is_in_the_audit_log(as_user, cem, garden):
    browser = as_user(cem)
    send(browser, garden, photo())
    picture = only_picture()
    browser.submit(f"/bilder/{picture.id}/bearbeiten", alt="Ein Beet", credit="Ben")
    browser.submit(f"/bilder/{picture.id}/entfernen")
    noted = db.session.scalars(_OF_PICTURES).all()
    assert noted == ["picture.added", "picture.changed", "picture.removed"]


def test_a_missing_file_and_a_strange_size_are_not_found(visitor, ada, garden):
    picture = hang_picture(garden, ada)
    assert visitor.get(f"/bilder/{picture.id}/riesig").status_code == 404
    store.path_of(picture.digest, "klein").unlink()
    assert visitor.get(f"/bilder/{picture.id}/klein").status_code == 404
    assert visitor.get("/bilder/999/klein").status_code == 404
    visitor.visit(f"/teams/{garden.id}")


def test_the_pages_need_the_same_few_statements_however_many_pictures(
    as_user, visitor, ada, garden, count_queries
):
    hang_picture(garden, ada)
    browser = as_user(ada)
    browser.get(own(garden))

    def statements(who, path: str) -> int:
        count_queries.clear()
        assert who.get(path).status_code == 200
        return len(count_queries)

    paths = [(browser, own(garden)), (visitor, f"/teams/{garden.id}")]
    few = [statements(*each) for each in paths]
    for _number in range(5):
        hang_picture(garden, ada)
    assert [statements(*each) for each in paths] == few
    assert few[0] <= 6
