"""docs/warnings.md: what opens, worsens and closes each kind of warning, and the parameters, from their model."""

from typing import NamedTuple

from page import page, written_by

from journey_projections.early_warnings import WARNING_PARAMETERS
from journey_projections.early_warnings.state import KINDS
from journey_projections.rules.parameters import parameters_in


class Told(NamedTuple):
    """What opens a kind of warning, how long there is time, what makes it worse, and what closes it."""

    opens: str
    time: str
    worsens: str
    closes: str


WARNINGS = {
    "unanswered_failure": Told(
        "a failure that is not the customer's own, or a deception that came out",
        "`failure_days`, less the graver it is; one that the customer has not noticed has no date until they do",
        "its time is up; the customer complains or asks in the same episode",
        "an answer in its episode",
    ),
    "unanswered_complaint": Told(
        "a complaint in an episode in which nothing waits",
        "`complaint_days`, less the graver it is",
        "its time is up; the customer complains again",
        "an answer in its episode",
    ),
    "unanswered_request": Told(
        "a request in an episode in which nothing waits",
        "until its own date, else `request_days`, less the more urgent it is",
        "its time is up; the customer asks again",
        "an answer in its episode",
    ),
    "double_deviation": Told(
        "a bad response to what went wrong before in the episode",
        "none",
        "another bad response, after which the steps begin again",
        "a step that owns it (`acknowledge`, `admit` or `apologise`) and one that mends it (`help`, `explain`, `prevent` or `compensate`)",
    ),
    "promise_due": Told("`promise_days` before the date of a promise", "until that date", "", "a delivery of it; the promise made again"),
    "promise_overdue": Told("the date of a promise passes", "none", "", "a delivery of it; the promise made again"),
    "unintroduced_handover": Told(
        "somebody new takes over, nobody introduces them, and the customer hardly knows them",
        "`introduce_days`",
        "",
        "an introduction; another handover; `settled_contacts` contacts with the newcomer",
    ),
    "bond_at_risk": Told(
        "whom the customer deals with leaves, or is moved without a warm introduction, and had much of the contacts and the trust",
        "`introduce_days`",
        "",
        "a warm introduction; `settled_contacts` contacts with whoever comes after",
    ),
    "silence_against_rhythm": Told(
        "no contact, or no purchase, for much longer than this customer's usual gap, the median of the last seven",
        "none",
        "it lasts: half as far from 1 after `rhythm_times` more gaps",
        "the next contact, or purchase; what was agreed is completed (`engagement_completed`)",
    ),
    "silence_after_failure": Told(
        "nothing heard of the customer for `quiet_days` after a failure that was not slight", "none", "", "the customer is heard or met"
    ),
    "falling_scores": Told(
        "a score below `score_low`, or `score_fall` below the best of late", "none", "another such score", "a score that is neither"
    ),
    "weak_signals": Told(
        "the customer is heard to speak badly of us, however unsure",
        "none",
        "more of it: the warning grows surer and graver",
        "good word of mouth, praise, or a check-in; `weak_days` without more of it",
    ),
    "perception_gap": Told(
        "a delivery of which the customer saw `gap` less than was delivered",
        "none",
        "another such delivery",
        "a delivery that they see as it was; a check-in",
    ),
    "trust_fell": Told(
        "a touchpoint after which trust is `fall` below its highest of the last `fall_days`",
        "none",
        "trust falls further",
        "the share `fall_back` of the fall came back",
    ),
    "unexplained_exit": Told(
        "the customer leaves, and no warning but silence was open in the `explained_days` before", "none", "", "the relationship is resumed"
    ),
}
EXAMPLE = """```python
from journey import History, read_touchpoint
from journey_projections import WarningParameters, warning_course, warnings

ours = {"relationship": "m@bank", "episode": "card"}
history = History.of(
    read_touchpoint({"id": id, "occurred_at": f"2024-05-{day}T10:00:00Z", **fields, **ours})
    for id, day, fields in (
        ("cloned", "02", {"kind": "failure_occurred", "severity": 0.5}),
        ("call", "06", {"kind": "complaint_voiced", "severity": 0.6}),
        ("letter", "20", {"kind": "recovery_step_taken", "step": "acknowledge"}),
    )
)
for one in warnings(history, at="2024-05-10"):
    print(f"{one.kind}, severity {one.severity}, since {one.since:%-d %B}: {one.words}")
print([one.kind for one in warnings(history, at="2024-05-21")])
for one in warning_course(history):
    print(f"{one.kind}, {one.since:%-d %B} to {one.until and f'{one.until:%-d %B}'}: {one.touchpoints}")
patient = WarningParameters(failure_days=14, complaint_days=14)
print(warnings(history, at="2024-05-04", parameters=patient)[0].due)
```

```text
unanswered_failure, severity 0.6, since 2 May: failure `card` of 2024-05-02 has had no answer for 8 days, asked for again
['trust_fell']
unanswered_failure, 2 May to 20 May: ('cloned', 'call')
trust_fell, 20 May to None: ('letter',)
2024-05-10 19:36:00+00:00
```"""


def warnings() -> str:
    """docs/warnings.md."""
    if tuple(WARNINGS) != KINDS:
        raise SystemExit(f"docs/warning_page.py: tell of {sorted({*KINDS} ^ {*WARNINGS}) or 'the kinds in their order'}")
    kinds = ["| kind | opens | there is time | worsens | closes |", "|---|---|---|---|---|"]
    kinds += [f"| `{kind}` | {' | '.join(told)} |" for kind, told in WARNINGS.items()]
    rows = ["| parameter | default | range | unit | means | source |", "|---|---|---|---|---|---|"]
    for one in parameters_in(WARNING_PARAMETERS):
        source = one.source or "this project"
        rows.append(f"| `{one.name}` | {one.value:g} | {one.low:g} to {one.high:g} | {one.unit} | {one.meaning} | {source} |")
    return page(
        [
            "# Early warnings",
            written_by("docs/warning_page.py and projections/journey_projections/early_warnings/parameters.py"),
            "A warning says what is the matter with a relationship before it shows in the trust: what waits for an answer, what was "
            "promised and is due, who left, who has fallen silent. Each has a kind, opens and closes at a stated instant, and names the "
            "touchpoints that it is about. `journey attention` lists the customers with open warnings, the most urgent first.",
            '`warnings(history, at=None, rules="goodwill", parameters=WARNING_PARAMETERS)` gives those that are open at an instant, the '
            "gravest first. `warning_course(…)`, with the same arguments, gives all that ever were, by when they opened. `at` is as in "
            "[`replay`](library.md#replay); both are pure and read no clock. An unknown name of `rules` raises `UnknownName`, and a time "
            "without an offset `ValueError`.",
            EXAMPLE,
            "| field of a `Warning` | holds |\n|---|---|\n"
            "| `kind` | one of those below |\n"
            "| `since`, `until` | when it opened and closed (UTC); `until` is None while it is open |\n"
            "| `due` | until when there is time (UTC); None where there is none, or it has passed |\n"
            "| `severity` | how grave it is, from 0 to 1; less by `in_time` while there is time, and more the longer a silence lasts |\n"
            "| `certainty` | how sure it is, from 0 to 1: that of its touchpoints |\n"
            "| `words` | the same in a sentence |\n"
            "| `touchpoints` | the ids of the first and the last touchpoint that it is about |",
            "`to_dict()` gives plain data, without `until`, as in [the JSON of `attention`](library.md#json-shapes).",
            "## Kinds",
            "An answer is an act of the organisation in the same episode: a step of recovery, a contact that is not bad, a delivery of "
            "something, a gesture, a promise, a check-in, a risk disclosed, a refusal with reasons. The end of a relationship closes every "
            "warning, and one that was open for `stale_days` closes by itself. A touchpoint with a `certainty` of 0 opens and closes "
            "nothing. Trust is that of the rule set; only `trust_fell`, `bond_at_risk` and `unintroduced_handover` look at it.",
            "\n".join(kinds),
            "## How urgent somebody is",
            "The questions rank by urgency, from 0 to 1: the trust at stake, times the chance that the open warnings cost it. The trust at "
            "stake is the highest of late. A warning counts by its severity times its certainty. It counts less while there is time, half "
            "with `ahead_days` left; and less the longer it is open, half after `cools_days`, since what was not saved in months can wait "
            "another day. Warnings add up as independent chances do: two of ½ come to ¾.",
            "## Parameters",
            "`WarningParameters` is a frozen pydantic model; a value out of its range raises pydantic's `ValidationError`. "
            "`WARNING_PARAMETERS` are the defaults. Sources give signs and orders; a magnitude is this project's own.",
            "\n".join(rows),
        ]
    )
