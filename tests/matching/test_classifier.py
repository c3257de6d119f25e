"""The classifier: from phrases with a concept to the concepts of any text."""

import numpy as np
import pytest

from matching.classifier import fit
from matching.encoders import load_encoders

BICYCLES, SINGING, PASSPORTS = range(3)
PHRASES = [
    ("Mein Rad ist kaputt", BICYCLES),
    ("Der Reifen ist platt", BICYCLES),
    ("Ich flicke Schläuche", BICYCLES),
    ("Ich will mit anderen singen", SINGING),
    ("Wer singt Alt?", SINGING),
    ("Ich leite Chöre", SINGING),
    ("Mein Pass läuft ab", PASSPORTS),
    ("Wo gibt es ein Visum?", PASSPORTS),
]


@pytest.fixture(scope="module")
def use():
    return load_encoders("use")[0][0]


def learned(use, names=("use",)):
    rows = use.encode([phrase for phrase, _ in PHRASES])
    return fit({name: rows for name in names}, np.array([concept for _, concept in PHRASES]))


def test_texts_it_never_saw_are_told_apart_in_other_languages_too(use):
    rows = use.encode(["My bicycle has a flat tyre", "Je chante dans une chorale", "Reisepass"])
    chances = learned(use).probabilities({"use": rows})
    assert chances.argmax(axis=1).tolist() == [BICYCLES, SINGING, PASSPORTS]
    assert chances.sum(axis=1) == pytest.approx(1.0, abs=1e-5)


def test_each_encoder_alone_is_enough(use):
    both = learned(use, ("one", "other"))
    row = use.encode(["Wir proben Lieder"])
    for names in (("one", "other"), ("one",), ("other",)):
        chances = both.probabilities({name: row for name in names})
        assert chances.argmax(axis=1).tolist() == [SINGING]
