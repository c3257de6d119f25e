"""The letters of the demo: three offices are silent, one mailbox is dead, one said no, one yes."""

import tomllib

from sqlalchemy import select

from portal import clock
from portal.extensions import db
from portal.ideas.models import Idea
from portal.ideas.queries import idea_in_full
from portal.letters import actions, drafts, jobs
from portal.letters.models import Letter
from portal.letters.parsing import Incoming
from portal.letters.queries import letters_about
from portal.letters.replies import take_in
from portal.letters.rules import SILENT_AFTER
from portal.offices.models import Office
from portal.seeds.demo.past import FOLDER, Calendar, Row, rows
from portal.seeds.demo.people import People


def add_letters(when: Calendar, people: People, ideas: dict[str, Idea]) -> None:
    """Give some offices a mailbox, write, let answers come, remind of silence; commits.

    A first try that was cut off may have written them already.
    """
    if db.session.scalar(select(Letter.id).limit(1)):
        return
    offices = {office.slug: office for office in db.session.scalars(select(Office))}
    for slug in tomllib.loads((FOLDER / "letters.toml").read_text("utf-8"))["mailboxes"]:
        offices[slug].mailbox = f"amt-{slug}@demo.example"
    db.session.flush()
    for row in rows("letters", "letter"):
        _write(row, when, people, ideas[row["idea"]].id, offices[row["office"]])
    db.session.commit()
    for row in rows("letters", "letter"):
        if row["days_ago"] > SILENT_AFTER:
            with when.at(row["days_ago"] - SILENT_AFTER - 1, row["idea"]):
                jobs.remind_due()


def _write(row: Row, when: Calendar, people: People, idea_id: int, office: Office) -> None:
    by = people[row["by"]]
    with when.at(row["days_ago"], f"{row['idea']} {row['office']}"):
        idea = idea_in_full(Idea.id == idea_id)
        assert idea
        before = letters_about(idea_id)[-1] if row.get("follows") else None
        template = drafts.template_for(idea)
        text = drafts.draft(idea, office, template, before)
        letter = actions.draft_letter(
            idea,
            office,
            template=template.code,
            subject=text.subject,
            body=text.body,
            by=by,
            follows=before,
        )
        if not row.get("draft"):
            actions.send_by_mail(letter, seen_at=letter.changed_at, by=by)
    if reply := row.get("reply"):
        with when.at(reply["days_ago"], f"reply {row['idea']} {row['office']}"):
            _come_back(letter, reply, office)
            if reply.get("refused"):
                actions.judge(letter, refused=True)


def _come_back(letter: Letter, reply: Row, office: Office) -> None:
    """Let it arrive as from the mailbox, found by the letter it quotes."""
    mail = Incoming(
        key=f"<demo-{letter.id}@demo.example>",
        kind=reply["kind"],
        sender=office.short_name or office.name,
        sender_address=office.mailbox or "",
        subject=f"AW: {letter.subject}",
        text=reply["text"].strip(),
        attachments=[],
        recipients="",
        references=[letter.message_id or ""],
    )
    take_in(mail, max(clock.now(), letter.sent_at or clock.now()))
