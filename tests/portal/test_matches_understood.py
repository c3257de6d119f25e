"""Times and exclusions in plain text are read, shown to the person, and count once confirmed."""

import pytest

from portal.extensions import db
from portal.profiles.actions import save_profile
from portal.profiles.queries import profile_of


def tell(user, can, **changes):
    given = {
        "learn": "", "cares": "", "rules_out": "", "times": [], "languages": ["de"],
        "district": None, "reach": "stadt", "visibility": {},
    }  # fmt: skip
    save_profile(user, can=can, **given | changes)
    db.session.commit()


EVENINGS = "Ich repariere Fahrräder, abends unter der Woche. Posten ist nichts für mich."


def test_what_was_read_is_shown_for_confirmation(as_user, ada):
    tell(ada, EVENINGS)
    page = as_user(ada).visit("/profil/verstanden", target="understood")
    labels = [label.text for label in page.select("label")]
    assert labels == [
        "Du kannst werktags abends.",
        "Du möchtest nicht: „Posten ist nichts für mich.“",
    ]
    assert profile_of(ada).times == []


def test_only_what_was_confirmed_counts_and_nothing_is_asked_twice(as_user, ada):
    tell(ada, EVENINGS)
    page = as_user(ada).submit("/profil/verstanden", times="werktag_abend")
    assert "Danke" in page.text
    assert profile_of(ada).times == ["werktag_abend"]
    assert profile_of(ada).rules_out == ""
    page = as_user(ada).visit("/profil/verstanden")
    assert not page.select("main form")


def test_a_new_text_is_read_again(as_user, ada):
    tell(ada, EVENINGS)
    as_user(ada).submit("/profil/verstanden")
    tell(ada, "Am Wochenende tagsüber backe ich Brot.")
    page = as_user(ada).visit("/profil/verstanden")
    assert "am Wochenende tagsüber" in page.main.text


def test_ticked_times_are_left_alone(as_user, ada):
    tell(ada, "Abends repariere ich Räder.", times=["werktag_vormittag"])
    assert not as_user(ada).visit("/profil/verstanden").select("main form")


@pytest.mark.parametrize("forged", [{"times": "nachts"}, {"rules_out": "<b>alles</b>"}])
def test_nothing_can_be_confirmed_that_was_not_read(as_user, ada, forged):
    tell(ada, EVENINGS)
    as_user(ada).submit("/profil/verstanden", **forged)
    assert profile_of(ada).times == []
    assert profile_of(ada).rules_out == ""


def test_whoever_has_no_profile_has_nothing_to_confirm(as_user, ada):
    assert "keine Zeiten" in as_user(ada).visit("/profil/verstanden").main.text
    as_user(ada).submit("/profil/verstanden", status=404)


def test_confirmed_exclusions_rule_out_suggestions(as_user, ada):
    tell(ada, EVENINGS)
    as_user(ada).submit("/profil/verstanden", rules_out="Posten ist nichts für mich.")
    assert "Posten" in profile_of(ada).rules_out
