"""How people come to a team and leave it: requests, answers, thanks, hand-over of the lead."""
