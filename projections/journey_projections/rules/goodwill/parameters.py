"""Every number of the rule set `goodwill`, with its meaning, unit, range and source.

Signs and orders come from the sources; a magnitude is ours unless it says otherwise. Exponents must avoid -1, ½ and 2,
where the interpreter and a compiler may round differently.
"""

from pydantic import BaseModel, ConfigDict

from journey_projections.rules.parameters import parameter


class GoodwillParameters(BaseModel):
    """The parameters of `goodwill`. Frozen; each field has its meaning, unit, range and source."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    # What trust is (T34, T36, T61)
    prior_competence: float = parameter(0.5, 0.4, 0.6, "level", "competence trusted before anything happened", "neutral start")
    prior_goodwill: float = parameter(0.5, 0.4, 0.6, "level", "goodwill trusted before anything happened", "neutral start")
    competence_weight: float = parameter(
        0.4, 0.3, 0.43, "exponent", "weight of competence in a party's trust", "Mayer, Davis & Schoorman 1995"
    )
    representative_weight: float = parameter(
        0.25, 0.1, 0.29, "exponent", "weight of the current representative next to the institution", "Doney & Cannon 1997"
    )
    stake_floor: float = parameter(
        0.1, 0.02, 0.2, "trust", "below this trust a breach finds less and less to destroy", "a bounded scale: nothing below nothing"
    )

    # Opening (T1, T2)
    origin_reputation: float = parameter(
        0.1,
        0.0,
        0.3,
        "share",
        "how far a good name lifts the prior at full strength, and a bad one lowers it",
        "McKnight, Cummings & Chervany 1998",
    )
    origin_referral: float = parameter(
        0.2, 0.0, 0.4, "share", "how far a referral lifts the prior at full strength", "Schmitt, Skiera & Van den Bulte 2011"
    )
    origin_returning: float = parameter(
        0.15, 0.0, 0.3, "share", "how far having come back lifts the prior at full strength", "Homburg, Hoyer & Stock 2007"
    )
    origin_fading: float = parameter(0.5, 0.0, 1.0, "share", "part of such a lift that fades", "Schmitt, Skiera & Van den Bulte 2011")
    origin_fading_days: float = parameter(
        365.0, 30.0, 1460.0, "days", "time in which the fading part falls to 1/e", "Schmitt, Skiera & Van den Bulte 2011"
    )

    # Everyday (T3, T45, T53, T54, T62)
    gain: float = parameter(
        0.08, 0.04, 0.1, "share", "share of the remaining distance that one perfect contact closes", "Slovic 1993: built slowly"
    )
    gain_reach: float = parameter(
        0.9, 0.5, 1.0, "share", "how much of a representative's good act reaches the institution", "Doney & Cannon 1997"
    )
    purse_days: float = parameter(
        1.0,
        1.0,
        3.0,
        "days",
        "time in which the budget for gains refills from empty to 1",
        "the founding essays, m20: no volume of trifles",
    )
    mend_gain: float = parameter(
        0.08,
        0.04,
        0.15,
        "log share",
        "part of a harm that one perfect contact takes off",
        "Schweitzer, Hershey & Bradlow 2006: consistent conduct",
    )
    earned_by: float = parameter(
        15.0, 5.0, 17.0, "contacts", "perfect contacts that earn back what recovery could not restore", "Schweitzer, Hershey & Bradlow 2006"
    )
    gesture_gain: float = parameter(
        0.3,
        0.1,
        0.5,
        "quality",
        "goodwill of a full-sized gesture, as a contact's quality",
        "Oliver, Rust & Varki 1997: delight has a ceiling",
    )
    praise_gain: float = parameter(
        0.1,
        0.02,
        0.3,
        "quality",
        "goodwill of full-sized praise, as a contact's quality",
        "the founding essays, m31: who speaks still cares",
    )
    candour_gain: float = parameter(
        0.1,
        0.01,
        0.3,
        "quality",
        "goodwill of a disclosed risk or a check-in, as a contact's quality",
        "Mayer, Davis & Schoorman 1995: integrity",
    )
    correction_gain: float = parameter(
        0.2,
        0.1,
        0.4,
        "quality",
        "goodwill of a check-in that corrected the course, as a contact's quality",
        "the founding essays, m17: a corrected course",
    )
    recognised_gain: float = parameter(
        0.1, 0.01, 0.3, "quality", "goodwill of being known for who one is, as a contact's quality", "the founding essays, m26"
    )
    purchase_gain: float = parameter(
        0.1, 0.01, 0.3, "quality", "what a purchase tells the organisation of the customer, as a contact's quality", "Netzer et al. 2008"
    )

    # Competence breach (T4, T25, T49, T50)
    competence_loss: float = parameter(
        0.3, 0.2, 0.36, "log share", "harm of a full competence breach", "Tversky & Kahneman 1992; Slovic 1993"
    )
    buffer_max: float = parameter(
        0.5, 0.2, 0.7, "share", "how much of that harm a long good history takes away", "Hess, Ganesan & Klein 2003; Robinson 1996"
    )
    buffer_half: float = parameter(
        10.0, 3.0, 40.0, "contacts", "good history at which half of the buffer is there", "Hess, Ganesan & Klein 2003"
    )
    close_failure_extra: float = parameter(
        0.3, 0.0, 0.35, "share", "extra harm of a failure right after another", "Maxham & Netemeyer 2002"
    )
    close_failure_days: float = parameter(180.0, 30.0, 365.0, "days", "time in which that extra falls to 1/e", "Maxham & Netemeyer 2002")
    lasting_cause_extra: float = parameter(
        0.2, 0.0, 0.5, "share", "extra severity when the cause is likely to stay", "Weiner 1985; Folkes 1984"
    )
    exogenous_share: float = parameter(
        0.5, 0.2, 0.6, "share", "severity left when nobody in the relationship is at fault", "Weiner 1985; Folkes 1984"
    )
    supplier_share: float = parameter(
        0.9, 0.8, 1.0, "share", "severity left when a supplier is at fault, whom the organisation chose", "Weiner 1985; Folkes 1984"
    )
    candour: float = parameter(
        0.8, 0.5, 0.95, "share", "severity left when the organisation itself tells of a failure", "Mayer, Davis & Schoorman 1995: integrity"
    )
    concealed: float = parameter(
        0.3,
        0.1,
        0.6,
        "share",
        "share of a failure's severity that counts as a concealment besides, when it is found out",
        "the founding essays, m14",
    )

    # Relational breach (T5 to T7, T37)
    relational_loss: float = parameter(
        1.0, 0.94, 1.3, "log share", "harm of a full relational breach where there was no trust", "Paulssen & Sommerfeld 2015"
    )
    relational_convexity: float = parameter(
        0.4,
        0.3,
        0.7,
        "share",
        "how much of the harm is proportional to severity; the rest grows with its square",
        "Zeithaml, Berry & Parasuraman 1993: zone of tolerance",
    )
    betrayal: float = parameter(
        1.7,
        1.55,
        2.5,
        "factor",
        "how much full prior trust adds to the harm of a relational breach",
        "Grégoire & Fisher 2008; Grégoire, Tripp & Legoux 2009",
    )
    unrecognised: float = parameter(
        0.6,
        0.2,
        0.8,
        "severity",
        "severity of not recognising a customer of very long standing",
        "the founding essays, m26: treated as a number",
    )
    unrecognised_half: float = parameter(
        20.0, 5.0, 60.0, "contacts", "good history at which half of that severity is there", "the founding essays, m26: treated as a number"
    )
    unexplained_refusal: float = parameter(
        0.05, 0.0, 0.1, "severity", "severity of declining an engagement without reasons", "Bies & Moag 1986"
    )
    institution_reach: float = parameter(
        0.85, 0.8, 0.95, "share", "how much of a representative's breach reaches the institution", "Chen, Li & Lin 2013"
    )
    trifle: float = parameter(
        0.05,
        0.0,
        0.05,
        "severity",
        "below this a slip passes without opening an episode",
        "Zeithaml, Berry & Parasuraman 1993: zone of tolerance",
    )

    # Bad responses and deception (T8 to T10, T20, T39)
    ignored: float = parameter(
        1.4,
        1.1,
        2.0,
        "factor",
        "harm of ignoring an open failure, or in the end of never answering it, against an unrelated relational breach",
        "Bitner, Booms & Tetreault 1990",
    )
    deflected: float = parameter(1.3, 1.1, 2.0, "factor", "harm of shifting the blame, likewise", "Bitner, Booms & Tetreault 1990")
    denied: float = parameter(
        1.25, 1.1, 2.0, "factor", "harm of denying a failure of competence or benevolence, likewise", "Kim, Ferrin, Cooper & Dirks 2004"
    )
    denied_integrity: float = parameter(
        0.8, 0.4, 1.0, "factor", "harm of denying an integrity charge, unless evidence follows", "Kim, Ferrin, Cooper & Dirks 2004"
    )
    delayed: float = parameter(1.2, 1.1, 2.0, "factor", "harm of letting an open failure wait, likewise", "Smith, Bolton & Wagner 1999")
    deceived: float = parameter(
        1.2, 1.0, 1.6, "factor", "harm of an exposed deception, against another relational breach", "Schweitzer, Hershey & Bradlow 2006"
    )
    scar_least: float = parameter(
        0.05,
        0.02,
        0.2,
        "share",
        "how far below the earlier trust the slightest deception leaves its ceiling",
        "Schweitzer, Hershey & Bradlow 2006",
    )
    scar: float = parameter(0.25, 0.1, 0.5, "share", "what a full deception adds to that", "Schweitzer, Hershey & Bradlow 2006")
    exposed_denial: float = parameter(
        0.4, 0.2, 0.7, "severity", "severity of a denial that evidence exposes", "Kim, Ferrin, Cooper & Dirks 2004"
    )

    # Waiting (T11, T38, T40 to T42)
    waiting_days: float = parameter(
        12.0, 6.0, 20.0, "days", "time in which what waiting has not yet cost falls to 1/e", "the founding essays, m15: head in the sand"
    )
    patience_failure: float = parameter(3.0, 2.5, 7.0, "days", "how long a slight failure may wait", "Smith, Bolton & Wagner 1999")
    patience_complaint: float = parameter(3.0, 0.5, 14.0, "days", "how long a slight complaint may wait", "Hirschman 1970: voice")
    patience_request: float = parameter(5.0, 0.5, 21.0, "days", "how long a request without a date may wait", "Hirschman 1970: voice")
    urgency: float = parameter(
        0.3, 0.0, 0.4, "share", "how much shorter patience is for what is as grave or urgent as can be", "Smith, Bolton & Wagner 1999"
    )
    request_severity: float = parameter(
        0.5,
        0.2,
        0.8,
        "severity",
        "how severe it is to leave the most urgent request unanswered",
        "the founding essays, m15: head in the sand",
    )
    voiced: float = parameter(
        0.8, 0.5, 0.95, "share", "what further waiting costs once the customer has spoken up", "Hirschman 1970: voice"
    )

    # Recovery (T12 to T20, T33, T55, T56, T58, T59)
    acknowledge: float = parameter(
        0.125,
        0.05,
        0.2,
        "weight",
        "weight of acknowledging among the five steps; the weights of all five restore the whole wound",
        "Smith, Bolton & Wagner 1999",
    )
    admit: float = parameter(0.3125, 0.26, 0.4, "weight", "… of admitting responsibility", "Lewicki, Polin & Lount 2016: the weightiest")
    help: float = parameter(0.25, 0.2, 0.26, "weight", "… of helping at once", "Lewicki, Polin & Lount 2016: offer of repair next")
    explain: float = parameter(0.125, 0.05, 0.19, "weight", "… of explaining the cause", "Lewicki, Polin & Lount 2016")
    prevent: float = parameter(0.1875, 0.05, 0.25, "weight", "… of preventing a recurrence", "Gillespie & Dietz 2009")
    apologise: float = parameter(
        0.04, 0.0, 0.08, "share", "share of the wound that one sincere apology adds", "Lewicki, Polin & Lount 2016; Halperin et al. 2022"
    )
    first_to_speak: float = parameter(
        0.1,
        0.02,
        0.15,
        "share",
        "what the steps gain where the firm spoke before the customer complained, and full recovery beyond the wound",
        "the founding essays, m3: acting first",
    )
    involuntary_step: float = parameter(
        0.7, 0.3, 0.9, "factor", "worth of a step that had to be wrung out", "Desmet, De Cremer & van Dijk 2011"
    )
    bad_start: float = parameter(
        0.8, 0.7, 0.95, "share", "what all steps restore of the harm of an earlier bad response", "Maxham & Netemeyer 2002"
    )
    insult_restored: float = parameter(
        0.5, 0.3, 0.6, "share", "the most that steps restore of a relational breach of 0.8 or more", "Schweitzer, Hershey & Bradlow 2006"
    )
    compensate: float = parameter(
        0.15, 0.05, 0.15, "share", "share of a competence wound that full, voluntary compensation restores", "Haesevoets et al. 2015"
    )
    involuntary: float = parameter(
        0.3, 0.0, 0.7, "factor", "worth of compensation that had to be wrung out", "Desmet, De Cremer & van Dijk 2011"
    )
    step_grace_days: float = parameter(3.0, 3.0, 7.0, "days", "time within which a step counts in full", "Hart, Heskett & Sasser 1990")
    step_late_days: float = parameter(60.0, 14.0, 120.0, "days", "further time in which a late step halves", "Smith, Bolton & Wagner 1999")
    help_late_days: float = parameter(
        20.0, 5.0, 60.0, "days", "further time in which late help halves", "the founding essays, m7: staff who help at once"
    )
    step_taken: float = parameter(
        0.5, 0.3, 0.9, "share", "size times certainty from which a step counts as taken", "a half-hearted step is no step"
    )
    recurrence: float = parameter(
        0.8,
        0.5,
        0.95,
        "factor",
        "worth of a recovery after a failure of the same kind, as severe, was made good",
        "Maxham & Netemeyer 2002",
    )
    deception_recovery: float = parameter(
        0.5, 0.2, 0.7, "factor", "worth of a recovery after a deception", "Schweitzer, Hershey & Bradlow 2006"
    )
    vouching: float = parameter(
        0.05,
        0.03,
        0.06,
        "log share",
        "the most that a full recovery at severity 1 gives back of other grievances",
        "Maxham & Netemeyer 2002",
    )
    minor: float = parameter(
        0.5, 0.3, 0.6, "severity", "below this a first failure, fully recovered, deepens the bond", "Magnini et al. 2007"
    )
    paradox: float = parameter(
        0.05,
        0.0,
        0.1,
        "share",
        "how far that goes at severity 1, as a share of goodwill times its distance to 1",
        "de Matos, Henrique & Rossi 2007",
    )
    crisis_met: float = parameter(0.3, 0.1, 0.6, "share", "… of full recovery from what nobody caused", "van Doorn & Verhoef 2008")
    courtesy: float = parameter(
        0.4, 0.1, 0.6, "quality", "goodwill of a step taken for the customer's own mistake, as a contact's quality", "Weiner 1985"
    )
    cleared_admitted: float = parameter(
        0.85, 0.5, 0.95, "share", "what innocence restores to who had admitted", "Kim, Ferrin, Cooper & Dirks 2004"
    )
    good_windows: float = parameter(
        10.0,
        3.0,
        30.0,
        "windows of 24 h",
        "good conduct after which an open episode holds back no gains",
        "Schweitzer, Hershey & Bradlow 2006: consistent conduct",
    )
    good_enough: float = parameter(
        0.05, 0.01, 0.3, "quality", "contact that counts as good for that", "the founding essays, m20: no volume of trifles"
    )

    # Promises (T21 to T24, T46 to T48)
    zone: float = parameter(0.1, 0.05, 0.2, "level", "half-width of the zone of tolerance", "Zeithaml, Berry & Parasuraman 1993")
    zone_elicited: float = parameter(
        0.1, 0.0, 0.2, "level", "what drawing out the expectations adds to it", "Zeithaml, Berry & Parasuraman 1993"
    )
    kept: float = parameter(0.2, 0.1, 0.4, "quality", "quality of a delivery exactly as promised", "Oliver 1980: disconfirmation")
    kept_slope: float = parameter(
        0.5, 0.1, 0.65, "quality / level", "how quality rises with delivery above the promise", "Oliver 1980: disconfirmation"
    )
    lateness_days: float = parameter(
        7.0,
        2.0,
        30.0,
        "days",
        "lateness by which a delivery is worth half, at the least; else as long as it was promised ahead",
        "the founding essays, m29",
    )
    broken_word: float = parameter(
        0.4, 0.2, 0.6, "share", "severity of a miss that is also a breach of integrity where a word was given", "the founding essays, m29"
    )
    disclosed: float = parameter(
        0.4,
        0.1,
        0.7,
        "share",
        "how much of a failure a fully disclosed risk takes away",
        "the founding essays, m13: draw out what can go wrong",
    )
    check_in: float = parameter(
        0.1, 0.0, 0.2, "share", "how much of a later miss one check-in takes away", "the founding essays, m17: honest talk along the way"
    )
    check_in_corrected: float = parameter(
        0.3, 0.2, 0.5, "share", "… one check-in that corrected the course", "the founding essays, m17: honest talk along the way"
    )
    check_in_max: float = parameter(
        0.6, 0.5, 0.8, "share", "… all check-ins together", "the founding essays, m17: honest talk along the way"
    )

    # People (T26 to T28, T63)
    introduced_warm: float = parameter(
        0.97, 0.93, 1.0, "factor", "what a warm introduction hands on of the bond", "Schmitz, Friess, Alavi & Habel 2020"
    )
    introduced_cold: float = parameter(0.85, 0.8, 0.92, "factor", "… a cold one", "Schmitz, Friess, Alavi & Habel 2020")
    introduced_none: float = parameter(0.78, 0.5, 0.79, "factor", "… none at all", "Schmitz, Friess, Alavi & Habel 2020")
    introduced_known: float = parameter(
        0.25, 0.1, 0.5, "share", "… how much of the rest is lost when the customer knows the newcomer already", "Bendapudi & Leone 2002"
    )
    introduced_late_days: float = parameter(
        30.0, 7.0, 90.0, "days", "time in which the worth of a later introduction falls to 1/e", "the founding essays, m23"
    )
    introduced_by_self: float = parameter(
        0.7, 0.3, 1.0, "share", "worth of presenting oneself, against being introduced by the predecessor", "Bendapudi & Leone 2002"
    )
    introduced_by_other: float = parameter(0.85, 0.3, 1.0, "share", "… of being introduced by somebody else", "Bendapudi & Leone 2002")

    # Voice (T29, T64 to T66)
    feedback: float = parameter(
        0.5,
        0.1,
        0.8,
        "quality",
        "weight of a score above the present trust, as a contact's quality",
        "the founding essays, m30: what you do not notice",
    )
    feedback_loss: float = parameter(
        0.08,
        0.07,
        0.1,
        "log share",
        "harm of a first score at 0 where trust was at 1 and no failure explains it",
        "the founding essays, m30: dissatisfied, and nobody notices",
    )
    scores_grow: float = parameter(
        2.5,
        2.0,
        4.0,
        "factor",
        "how much more a low score costs for each low one before it",
        "the founding essays, m34: the signs are all there",
    )
    scores_days: float = parameter(180.0, 90.0, 365.0, "days", "time in which earlier low scores count half", "Knox & van Oest 2014")
    falling_scores: float = parameter(
        0.5, 0.1, 1.0, "log share", "readiness to leave when a score falls from best to worst", "the founding essays, m34"
    )
    word_alarm: float = parameter(
        0.25,
        0.05,
        0.5,
        "log share",
        "readiness to leave when the customer is heard to speak as badly as can be",
        "East, Hammond & Wright 2007",
    )
    word_doubt: float = parameter(
        0.15, 0.0, 0.4, "share", "evidence that such hearsay makes doubtful", "the founding essays, m34: weak signals"
    )
    unexplained_exit: float = parameter(
        0.5, 0.2, 0.8, "share", "evidence that an exit nothing explains makes doubtful", "the founding essays, m30"
    )
    explained_days: float = parameter(
        90.0, 30.0, 180.0, "days", "how long an earlier failure explains a low score", "the founding essays, m30: what you do not notice"
    )

    # Time (T30, T35)
    fade_days: float = parameter(
        7300.0,
        3650.0,
        14600.0,
        "days",
        "time in which trust above 1/2 halves its distance in silence",
        "Vanneste, Puranam & Kretschmer 2014",
    )
    fade_grace_days: float = parameter(
        365.0, 90.0, 730.0, "days", "silence after which that begins", "the founding essays, m1: built by contacts, not by years"
    )
    evidence_days: float = parameter(1095.0, 365.0, 2190.0, "days", "time in which evidence halves", "Huynh, Jennings & Shadbolt 2006")
    evidence_half: float = parameter(8.0, 2.0, 20.0, "touchpoints", "evidence at which confidence is 1/2", "Jøsang & Ismail 2002")

    # Readiness to leave (T31, T32)
    alarm_relational: float = parameter(
        0.9, 0.5, 1.0, "share", "how much of a relational wound turns into readiness to leave at once", "Grégoire, Tripp & Legoux 2009"
    )
    alarm_competence: float = parameter(0.5, 0.2, 0.8, "share", "how much of a competence wound does", "de Matos, Henrique & Rossi 2007")
    alarm_days: float = parameter(720.0, 90.0, 1460.0, "days", "time in which that readiness halves", "Grégoire, Tripp & Legoux 2009")
