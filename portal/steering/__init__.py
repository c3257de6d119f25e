"""The steering teams West and Ost: members, meetings, agenda, votes, decisions, minutes."""
