"""What saving and deleting a profile does, and who may read what of it."""

import pytest
from flask_security.core import AnonymousUser

from portal.extensions import db
from portal.profiles import rules
from portal.profiles.actions import delete_profile, save_profile
from portal.profiles.models import COORDINATORS, FIELDS, PUBLIC, SIGNED_IN, Profile


def saved(user, **given):
    told = {
        "can": "Fahrräder reparieren",
        "learn": "",
        "cares": "",
        "rules_out": "",
        "times": [],
        "languages": [],
        "district": None,
        "reach": "stadt",
        "visibility": {},
    }
    profile = save_profile(user, **(told | given))
    db.session.commit()
    return profile


def test_a_new_profile_is_for_coordinators_only(ada):
    profile = saved(ada)
    assert profile.openness == COORDINATORS
    assert {profile.visibility_of(field) for field in FIELDS} == {COORDINATORS}


def test_openness_is_the_widest_visibility_of_what_is_filled_in(ada):
    assert saved(ada, visibility={"can": SIGNED_IN}).openness == SIGNED_IN
    assert saved(ada, visibility={"can": SIGNED_IN, "learn": PUBLIC}).openness == SIGNED_IN
    profile = saved(ada, learn="Schweißen", visibility={"can": SIGNED_IN, "learn": PUBLIC})
    assert profile.openness == PUBLIC


def test_nobody_under_16_is_opened_by_saving(ada):
    ada.under_16 = True
    profile = saved(ada, visibility={"can": PUBLIC})
    assert profile.openness == COORDINATORS
    assert profile.visibility_of("can") == COORDINATORS


def test_saving_again_changes_the_same_profile(ada):
    first = saved(ada).id
    assert saved(ada, can="Kochen").id == first
    assert db.session.get(Profile, first).can == "Kochen"


def test_times_and_languages_are_kept_in_one_order(ada):
    profile = saved(ada, times=["wochenende_tag", "werktag_abend"], languages=["en", "de"])
    assert profile.times == ["werktag_abend", "wochenende_tag"]
    assert profile.languages == ["de", "en"]


@pytest.mark.parametrize(
    "wrong",
    [{"times": ["nachts"]}, {"languages": ["xx"]}, {"reach": "mond"}, {"visibility": {"can": "x"}}],
)
def test_unknown_codes_are_refused(ada, wrong):
    with pytest.raises(ValueError, match="unknown"):
        saved(ada, **wrong)


def test_a_deleted_profile_is_gone_and_the_account_stays(ada):
    saved(ada)
    delete_profile(ada)
    delete_profile(ada)
    db.session.commit()
    assert db.session.query(Profile).count() == 0
    assert ada.active


def test_each_viewer_reads_only_the_opened_fields(ada, ben, cem):
    profile = saved(ada, learn="Tanzen", visibility={"can": PUBLIC, "learn": SIGNED_IN})
    assert rules.readable_fields(AnonymousUser(), profile, ada) == ("can",)
    assert rules.readable_fields(ben, profile, ada) == ("can", "learn")
    assert rules.readable_fields(cem, profile, ada) == FIELDS
    assert rules.readable_fields(ada, profile, ada) == FIELDS


def test_somebody_who_turns_out_to_be_under_16_is_hidden_at_once(ada, ben, cem):
    profile = saved(ada, visibility={"can": PUBLIC})
    ada.under_16 = True
    assert rules.readable_fields(ben, profile, ada) == ()
    assert not rules.opened_to(ben, profile.openness, ada)
    assert rules.readable_fields(cem, profile, ada) == FIELDS


def test_only_the_first_name_is_for_others(ada):
    ada.name = "Ada Beispiel"
    assert rules.first_name(ada) == "Ada"
