"""A team's press kit: texts, facts, pictures others may print, and a question over the relay."""

import io
import zipfile

import pytest

from portal.extensions import db
from portal.news import press
from portal.teams.actions import add_member, add_status, create_team
from portal.teams.models import Team
from tests.portal.photos import hang_picture, photo


@pytest.fixture
def garden(cem, ada) -> Team:
    team = create_team(by=cem, name="Hofgarten", challenge="Beete im Hof anlegen. " * 40)
    add_member(team, ada, is_lead=True)
    add_status(team, text="Die Erde ist da.", by=ada)
    db.session.commit()
    return team


def test_a_visitor_reads_texts_and_facts(visitor, garden):
    page = visitor.visit(f"/teams/{garden.id}").find("a", string="Für die Presse")
    kit = visitor.visit(page["href"])
    short = kit.select_one("#short-title").find_next("p").text
    assert len(short) <= 350
    assert short.endswith("anlegen.")
    assert "Die Erde ist da." in kit.text
    assert "läuft" in kit.select_one(".facts").text
    assert "@" not in kit.select_one("main").text


def test_the_archive_holds_texts_and_pictures_for_print(visitor, ada, garden):
    hang_picture(garden, ada, photo(2000, 1500), credit="Ada Lovelace")
    hang_picture(garden, ada, photo(300, 300), for_press=False)
    assert len(visitor.visit(f"/teams/{garden.id}/presse").select("main figure")) == 1
    answer = visitor.get(f"/teams/{garden.id}/presse.zip")
    assert answer.mimetype == "application/zip"
    assert answer.is_streamed
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        text, picture = archive.namelist()
        assert (text, picture[-4:]) == ("presse.txt", ".jpg")
        words = archive.read(text).decode()
    assert "Bild: Ada Lovelace" in words
    assert f"/teams/{garden.id}" in words
    assert "@" not in words


def test_a_missing_file_leaves_the_rest_whole(tmp_path):
    there = tmp_path / "bild-1.jpg"
    there.write_bytes(b"x" * 200_000)
    pieces = list(press.as_zip("Hallo", [("weg.jpg", tmp_path / "weg"), ("da.jpg", there)]))
    assert max(len(piece) for piece in pieces) < 70_000  # never the whole in memory
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as archive:
        assert archive.namelist() == ["presse.txt", "da.jpg"]


def test_examples_from_elsewhere_have_no_kit_of_ours(visitor, cem):
    team = create_team(by=cem, name="LEIPZIG GIESST", challenge="Gießen.", is_example=True)
    db.session.commit()
    assert visitor.get(f"/teams/{team.id}/presse").status_code == 404
    assert visitor.get(f"/teams/{team.id}/presse.zip").status_code == 404
    assert "Für die Presse" not in visitor.visit(f"/teams/{team.id}").text


def test_questions_go_over_the_relay(visitor, as_user, ada, garden):
    link = visitor.visit(f"/teams/{garden.id}/presse").find("a", string="Dem Team schreiben")
    visitor.visit(link["href"])
    assert "Dem Team schreiben" not in as_user(ada).visit(f"/teams/{garden.id}/presse").text
