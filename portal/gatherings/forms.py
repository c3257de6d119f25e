"""Forms of hosts: making, changing and calling off a gathering, its list and its minutes."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    Field,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Optional,
    StopValidation,
    ValidationError,
)
from wtforms.widgets import CheckboxInput, ListWidget

from portal import clock
from portal.choices import LANGUAGES
from portal.forms import Between, NotLonger, PortalForm, Storable, select_choices, tidy
from portal.gatherings import queries, times, wording
from portal.gatherings.actions import Details, Slot
from portal.gatherings.form_parts import (
    WRONG_CHOICE,
    ideas_in,
    line,
    linked,
    numbers_in,
    one_of,
    row_choice,
    text_area,
)
from portal.gatherings.models import Gathering
from portal.ideas.models import Idea
from portal.places.forms import district_choices
from portal.places.models import Borough
from portal.teams.models import Team

MOST_ITEMS = 30
FURTHEST = timedelta(days=730)


def _ends(form: PortalForm, field: Field) -> None:
    """Validator: a series says until when."""
    if form["rhythm"].data and not "".join(field.raw_data or ()).strip():
        field.errors = []
        raise StopValidation(_("Sag, bis wann die Reihe geht."))


class GatheringForm(PortalForm):
    """Everything about a gathering; languages and barriers are asked of everybody."""

    kind = RadioField(
        _l("Was ist es?"),
        validators=[DataRequired(_l("Wähl aus, was für ein Termin es ist."))],
        invalid_choice_message=WRONG_CHOICE,
    )
    title = line(_l("Titel"), 120, "", DataRequired(_l("Gib dem Termin einen Titel.")))
    text = text_area(_l("Worum geht es?"), 4000)
    day = DateField(
        _l("Tag"), validators=[InputRequired(_l("Gib den Tag an, zum Beispiel 24.03.2027."))]
    )
    begin = TimeField(
        _l("Beginn"), validators=[InputRequired(_l("Gib an, wann es losgeht, zum Beispiel 18:00."))]
    )
    end = TimeField(
        _l("Ende"), validators=[InputRequired(_l("Gib an, wann Schluss ist, zum Beispiel 20:00."))]
    )
    rhythm = SelectField(
        _l("Wie oft?"),
        choices=select_choices(wording.RHYTHMS),
        filters=[lambda value: value or ""],
        invalid_choice_message=WRONG_CHOICE,
    )
    until = DateField(_l("Bis wann?"), validators=[_ends, Optional()])
    district = row_choice(_l("Ortsteil"))
    place = line(
        _l("Ort"),
        200,
        _l("Straße, Haus, Raum oder Treffpunkt. Das lesen alle, also bitte keine Privatwohnung."),
    )
    online_url = StringField(
        _l("Link, um online dabei zu sein"),
        description=_l("Sehen nur Leute, die einen Platz haben."),
        filters=[tidy],
        validators=[Storable(), NotLonger(500)],
    )
    languages = SelectMultipleField(
        _l("In welchen Sprachen?"),
        choices=select_choices(LANGUAGES),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[DataRequired(_l("Kreuz mindestens eine Sprache an."))],
        invalid_choice_message=WRONG_CHOICE,
    )
    steps = one_of(_l("Stufen"), wording.STEPS, _l("Sag, ob es Stufen gibt."))
    toilet = one_of(_l("Toilette"), wording.TOILETS, _l("Sag, ob es eine Toilette gibt."))
    hearing = one_of(_l("Hören"), wording.HEARING, _l("Sag, was beim Hören hilft."))
    words = one_of(_l("Verstehen"), wording.WORDS, _l("Sag, was beim Verstehen hilft."))
    barrier_note = text_area(
        _l("Barrierehinweis"),
        1000,
        _l("In ganzen Sätzen: Weg ab der Haltestelle, Türbreite, Licht, Lärm, Sitzplätze, Pausen."),
        DataRequired(_l("Schreib einen Hinweis zu den Barrieren, auch wenn es keine gibt.")),
    )
    bring = text_area(_l("Was soll man mitbringen?"), 1000)
    items = text_area(
        _l("Liste „Wer bringt was“"),
        3000,
        _l("Eine Sache pro Zeile. Wer sich anmeldet, kann etwas davon übernehmen."),
    )
    capacity = IntegerField(
        _l("Wie viele Plätze?"),
        description=_l("Leer heißt: Alle haben Platz. Kinder zählen mit."),
        validators=[Optional(), Between(1, 5000, _l("Bitte eine Zahl von 1 bis 5000."))],
    )
    team = row_choice(_l("Team"))
    ideas = linked(
        _l("Ideen, die vorgestellt werden"),
        _l("Nummer oder Link einer öffentlichen Idee, eine pro Zeile. Dazu kann man wichteln."),
    )
    following = BooleanField(_l("Auch alle folgenden Termine dieser Reihe ändern"))

    def __init__(
        self,
        *,
        kinds: Sequence[str],
        teams: Mapping[int, str],
        boroughs: Sequence[Borough],
        gathering: Gathering | None = None,
        data: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(data=data)
        self.gathering = gathering
        self.found_ideas: Sequence[Idea] = []
        self.kind.choices = select_choices({kind: wording.KINDS[kind] for kind in kinds})
        self.district.choices = district_choices(boroughs, _l("ganz Leipzig oder online"))
        self.team.choices = [SelectChoice("", _l("kein Team")), *_team_choices(teams)]
        chosen = set(self.languages.data or ())
        first = sorted(LANGUAGES, key=lambda code: code not in chosen)
        self.languages.choices = select_choices({code: LANGUAGES[code] for code in first})
        if gathering is not None:
            del self.rhythm, self.until, self.items
        if gathering is None or gathering.series_id is None:
            del self.following

    def validate_day(self, field: Field) -> None:
        """A new day lies ahead, and not so far that nobody can know."""
        if field.data and not clock.today() <= field.data <= clock.today() + FURTHEST:
            raise ValidationError(_("Nimm einen Tag ab heute, höchstens zwei Jahre im Voraus."))

    def validate_begin(self, field: Field) -> None:
        """Refuse the hour that the clock change skips, and what has begun already."""
        if not (field.data and self.day.data) or self.day.errors:
            return
        if not times.exists(self.day.data, field.data):
            raise ValidationError(
                _("In dieser Nacht wird die Uhr vorgestellt: Diese Zeit gibt es nicht.")
            )
        if times.to_utc(self.day.data, field.data) <= clock.now():
            raise ValidationError(_("Diese Zeit ist schon vorbei."))

    def validate_end(self, field: Field) -> None:
        """Something that lasts: 22:00 to 01:00 goes into the night, the same time is a mistake."""
        if field.data and field.data == self.begin.data:
            raise ValidationError(_("Das Ende ist gleich dem Beginn."))

    def validate_until(self, field: Field) -> None:
        """A series has an end, and more than one date."""
        if not (self.rhythm.data and field.data):
            return
        if self.day.data and len(times.days_of(self.rhythm.data, self.day.data, field.data)) < 2:
            raise ValidationError(_("Bis dahin gibt es nur einen Termin. Nimm einen späteren Tag."))
        if field.data > clock.today() + FURTHEST:
            raise ValidationError(_("Bitte höchstens zwei Jahre im Voraus."))

    def validate_place(self, field: Field) -> None:
        """Somewhere or online."""
        if not field.errors and not field.data and not self.online_url.data:
            raise ValidationError(_("Gib einen Ort oder einen Link an."))

    def validate_online_url(self, field: Field) -> None:
        """A link that leads somewhere, nothing a browser would run."""
        parts = urlsplit(field.data or "")
        if field.data and (parts.scheme not in ("http", "https") or not parts.netloc):
            raise ValidationError(_("Ein Link beginnt mit https://"))

    def validate_items(self, field: Field) -> None:
        """A list somebody can still read."""
        lines = self._item_lines(field)
        if len(lines) > MOST_ITEMS or any(len(line) > 120 for line in lines):
            raise ValidationError(
                _("Bitte höchstens %(most)d Zeilen mit je 120 Zeichen.", most=MOST_ITEMS)
            )

    def validate_team(self, field: Field) -> None:
        """A team meeting has a team."""
        if self.kind.data == "teamtreffen" and not field.data:
            raise ValidationError(_("Wähl das Team aus, das sich trifft."))

    def validate_ideas(self, field: Field) -> None:
        """Only public ideas are presented."""
        self.found_ideas = ideas_in(field)

    def details(self) -> Details:
        """Return everything but the time."""
        return Details(
            kind=self.kind.data,
            title=self.title.data,
            text=self.text.data,
            district_id=self.district.data,
            place=self.place.data,
            online_url=self.online_url.data or None,
            languages=[code for code in LANGUAGES if code in self.languages.data],
            steps=self.steps.data,
            toilet=self.toilet.data,
            hearing=self.hearing.data,
            words=self.words.data,
            barrier_note=self.barrier_note.data,
            bring=self.bring.data,
            capacity=self.capacity.data,
            team_id=self.team.data,
        )

    def slot(self) -> Slot:
        """Return the time."""
        return Slot(self.day.data, self.begin.data, self.end.data)

    def item_lines(self) -> list[str]:
        """Return the things of the list, one each."""
        return self._item_lines(self.items)

    @staticmethod
    def _item_lines(field: Field) -> list[str]:
        return [line for line in map(tidy, (field.data or "").splitlines()) if line]


def _team_choices(teams: Mapping[int, str]) -> list[SelectChoice]:
    return [SelectChoice(str(team_id), name) for team_id, name in teams.items()]


class CancelForm(PortalForm):
    """Why it does not take place."""

    reason = text_area(
        _l("Warum fällt der Termin aus?"),
        500,
        _l("Das lesen alle, und wer angemeldet ist, bekommt es gleich geschickt."),
        DataRequired(_l("Schreib einen Grund dazu.")),
    )
    following = BooleanField(_l("Auch alle folgenden Termine dieser Reihe absagen"))


class MinutesForm(PortalForm):
    """What was said, what was decided, and what it was about."""

    text = text_area(
        _l("Was wurde besprochen?"),
        20_000,
        _l("Bitte ohne Namen von Leuten, die nicht gefragt wurden."),
        DataRequired(_l("Schreib auf, was besprochen wurde.")),
    )
    decisions = text_area(_l("Was ist beschlossen, wer macht was als Nächstes?"), 4000)
    ideas = linked(_l("Ideen, um die es ging"), _l("Nummer oder Link, eine pro Zeile."))
    teams = linked(_l("Teams, um die es ging"), _l("Nummer oder Link, eins pro Zeile."))
    found_ideas: Sequence[Idea] = ()
    found_teams: Sequence[Team] = ()

    def validate_ideas(self, field: Field) -> None:
        """Minutes are public, so they link to public ideas only."""
        self.found_ideas = ideas_in(field)

    def validate_teams(self, field: Field) -> None:
        """Link to teams that exist."""
        numbers = numbers_in(field)
        self.found_teams = queries.teams_by_id(numbers) if numbers else []
        if missing := set(numbers) - {team.id for team in self.found_teams}:
            raise ValidationError(_("Team Nr. %(id)d gibt es nicht.", id=min(missing)))


class ItemForm(PortalForm):
    """One more thing for the list."""

    title = line(_l("Was fehlt noch?"), 120, "", DataRequired(_l("Schreib, was fehlt.")))


class AttendanceForm(PortalForm):
    """Who came; the names' boxes are made by the page."""

    walk_ins = IntegerField(
        _l("Gäste ohne Anmeldung"),
        default=0,
        validators=[Optional(), Between(0, 5000, _l("Bitte eine Zahl von 0 bis 5000."))],
    )
