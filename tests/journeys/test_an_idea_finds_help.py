"""A visitor posts an idea and finds who can help, with reasons; no account needed."""

import pytest
from playwright.sync_api import expect

from tests.journeys.walker import PHONE

pytestmark = pytest.mark.xdist_group("journeys")
BENCH = "Vor unserem Haus in Volkmarsdorf fehlt eine Bank, auf der ältere Leute ausruhen können"


@pytest.mark.parametrize("javascript", [True, False], ids=["htmx", "plain"])
def test_a_visitor_posts_an_idea_and_sees_team_and_office_with_reasons(walk, javascript):
    visitor = walk(javascript=javascript, size=PHONE)
    visitor.visit("/").follow("Idee einbringen")
    visitor.fill("Was stört dich oder fehlt?", BENCH).press("Idee abschicken")
    visitor.see("Deine Idee", "Dein Abholcode", "So geht es weiter")
    if not javascript:
        visitor.follow("Passende Teams und Ansprechstellen ansehen")

    question = visitor.page.locator(".callout").filter(has_text="Davon hängt ab, wer zuständig ist")
    pavement = question.get_by_role("listitem").filter(has_text="Gehweg")
    expect(pavement.get_by_role("link")).to_contain_text("Tiefbauamt: Straßenbau und Sondernutzung")
    expect(pavement).to_contain_text("braucht eine Sondernutzungserlaubnis")
    offices = visitor.page.get_by_role("region", name="Ansprechstellen").get_by_role("article")
    expect(offices.first.locator(".reasons li").first).to_be_visible()
    teams = visitor.page.get_by_role("region", name="Teams")
    team = teams.get_by_role("article").filter(has_text="Sitzpause Volkmarsdorf")
    expect(team.locator(".reasons li").first).to_be_visible()
    expect(team.locator("mark").first).to_be_visible()


def test_the_claim_code_leads_back_to_the_idea_on_another_device(walk):
    visitor = walk(size=PHONE).visit("/ideen/neu")
    visitor.fill("Was stört dich oder fehlt?", BENCH).press("Idee abschicken")
    code = visitor.page.locator("#claim-code").inner_text()

    elsewhere = walk().visit("/abholen").fill("Dein Abholcode", code.lower().replace("-", " "))
    elsewhere.press("Zu meiner Idee").see("Deine Idee", BENCH)
    assert code not in elsewhere.page.content(), "the code is shown once only"
