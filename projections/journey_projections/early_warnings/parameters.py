"""The parameters of early warnings: what each is for, its unit, its range and where it is from."""

from pydantic import BaseModel, ConfigDict

from journey_projections.rules.parameters import parameter


class WarningParameters(BaseModel):
    """When warnings open, how grave they are, and when they close."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    # What waits for an answer
    failure_days: float = parameter(3.0, 0.5, 14.0, "days", "time to answer a slight failure", "Smith, Bolton & Wagner 1999")
    complaint_days: float = parameter(2.0, 0.5, 14.0, "days", "time to answer a slight complaint", "Davidow 2003: timeliness")
    request_days: float = parameter(5.0, 0.5, 30.0, "days", "time to answer a request of no urgency and without a date", "Davidow 2003")
    urgency: float = parameter(0.8, 0.0, 0.95, "share", "how much sooner the gravest or most urgent must be answered", "Davidow 2003")
    request_grave: float = parameter(0.2, 0.0, 1.0, "severity", "of a request of no urgency …", "Davidow 2003")
    request_gravest: float = parameter(0.8, 0.0, 1.0, "severity", "… and of the most urgent", "Davidow 2003")
    in_time: float = parameter(0.5, 0.1, 1.0, "factor", "severity of what waits while there is time, against afterwards", "")
    stale_days: float = parameter(
        365.0, 90.0, 1825.0, "days", "after so long nothing can be saved any more: a warning closes by itself", ""
    )

    ahead_days: float = parameter(7.0, 1.0, 30.0, "days", "with so much time left something is half as urgent", "")
    cools_days: float = parameter(90.0, 14.0, 365.0, "days", "open for so long something is half as urgent", "")

    # Promises
    promise_days: float = parameter(7.0, 1.0, 30.0, "days", "how long before its date a promise is said to be due", "")
    promise_grave: float = parameter(0.3, 0.0, 1.0, "severity", "of a promise of the level 0 …", "the founding essays, m4")
    promise_gravest: float = parameter(0.6, 0.0, 1.0, "severity", "… and of the level 1", "the founding essays, m4")
    tolerance: float = parameter(
        0.1, 0.0, 0.3, "level", "so much less than promised still keeps a promise", "Zeithaml, Berry & Parasuraman 1993"
    )

    # People
    introduce_days: float = parameter(
        14.0, 3.0, 60.0, "days", "time in which an introduction after a handover is of use", "the founding essays, m23"
    )
    settled_contacts: float = parameter(
        3.0, 1.0, 10.0, "contacts", "after so many with the newcomer the handover is behind them", "Bendapudi & Leone 2002"
    )
    handover_grave: float = parameter(
        0.4, 0.1, 1.0, "severity", "of a newcomer not introduced, where nobody carried the bond", "Bendapudi & Leone 2002"
    )
    bond_contacts: float = parameter(3.0, 1.0, 20.0, "contacts", "with fewer nobody carries a bond", "Palmatier, Scheer & Steenkamp 2007")
    bond_share: float = parameter(
        0.5, 0.2, 0.9, "share", "of all contacts, from which somebody carries the bond", "Palmatier, Scheer & Steenkamp 2007"
    )
    bond_trust: float = parameter(0.6, 0.5, 0.9, "trust", "below which there is no bond to lose", "Palmatier, Scheer & Steenkamp 2007")

    # Silence
    rhythm_times: float = parameter(3.0, 1.5, 6.0, "factor", "silence is long from so many times the usual gap", "Fader, Hardie & Lee 2005")
    rhythm_longest: float = parameter(
        1.5, 1.0, 3.0, "factor", "… and from so many times the longest of the last gaps", "Fader, Hardie & Lee 2005"
    )
    rhythm_few: float = parameter(
        1.0, 0.0, 4.0, "gaps", "few known gaps warn later: by this, divided by their number", "Fader, Hardie & Lee 2005"
    )
    rhythm_gaps: float = parameter(2.0, 1.0, 7.0, "gaps", "with fewer there is no rhythm", "Fader, Hardie & Lee 2005")
    rhythm_least_days: float = parameter(14.0, 1.0, 60.0, "days", "a shorter silence says nothing", "")
    rhythm_grave: float = parameter(
        0.3,
        0.1,
        1.0,
        "severity",
        "of a silence as it opens; after `rhythm_times` more gaps half as far from 1",
        "Fader, Hardie & Lee 2005",
    )
    quiet_days: float = parameter(21.0, 7.0, 60.0, "days", "silence after a failure that is long", "the founding essays, m30")
    quiet_from: float = parameter(0.3, 0.1, 0.7, "severity", "of a failure after which silence counts", "the founding essays, m30")

    # Voices
    score_low: float = parameter(0.4, 0.2, 0.6, "score", "below which a score warns by itself", "the founding essays, m34")
    score_fall: float = parameter(0.2, 0.05, 0.5, "score", "fall below the best score of late that warns", "the founding essays, m34")
    score_lasts: float = parameter(
        0.75, 0.0, 1.0, "share", "by which the best score stays above a worse one that follows it", "the founding essays, m34"
    )
    weak_least: float = parameter(
        0.05, 0.0, 0.5, "share", "of bad hearsay, certainty times how bad, from which it warns", "the founding essays, m34"
    )
    weak_days: float = parameter(
        90.0, 30.0, 365.0, "days", "after so long without more of it, hearsay is forgotten", "East, Hammond & Wright 2007"
    )
    gap: float = parameter(
        0.2, 0.05, 0.5, "level", "what the customer saw below what was delivered, from which it warns", "Parasuraman, Zeithaml & Berry 1985"
    )

    # Trust
    fall: float = parameter(0.07, 0.03, 0.3, "trust", "fall that warns", "")
    fall_days: float = parameter(90.0, 14.0, 365.0, "days", "time within which trust falls that far", "")
    fall_grave: float = parameter(0.3, 0.1, 0.8, "trust", "fall of the severity 1", "")
    fall_back: float = parameter(0.5, 0.1, 1.0, "share", "of a fall that must come back for its warning to close", "")
    explained_days: float = parameter(90.0, 30.0, 365.0, "days", "how long a warning explains an exit", "the founding essays, m30")
    exit_grave: float = parameter(0.6, 0.1, 1.0, "severity", "of an exit that nothing explains", "the founding essays, m30")


WARNING_PARAMETERS = WarningParameters()
"""The parameters where nothing else is said."""
