"""Every trust rule: its claim for readers who do not program, what shows it, and the parameters that set it.

`docs/trust-rules.md` is written from this table. A rule's sources are those of its parameters and of `source`.
"""

from dataclasses import dataclass

from journey_projections.rules.goodwill.parameters import GoodwillParameters


@dataclass(frozen=True)
class Rule:
    """One rule: `id` T1…, the `name` of its function, its `claim`, the laws, oracles and mechanisms that `show` it."""

    id: str
    name: str
    claim: str
    shown_by: tuple[str, ...]
    parameters: tuple[str, ...] = ()
    source: str = ""

    @property
    def sources(self) -> tuple[str, ...]:
        """Where the claim comes from, each source once."""
        fields = (GoodwillParameters.model_fields[name] for name in self.parameters)
        extras = (field.json_schema_extra for field in fields)
        cited = [str(extra["source"]) for extra in extras if isinstance(extra, dict)]
        return tuple(dict.fromkeys(([self.source] if self.source else []) + cited))


RULES: tuple[Rule, ...] = (
    Rule(
        "T1",
        "origin_sets_the_prior",
        "A stranger starts in the middle. A good name, a referral, or having come back lifts the start; a bad name lowers it. Only the "
        "first fact of a relationship can be its opening.",
        ("m19", "O31", "L49"),
        ("origin_reputation", "origin_referral", "origin_returning"),
    ),
    Rule(
        "T2",
        "part_of_a_good_name_fades",
        "A part of what a good name or a referral lifts fades with time, a part stays. A bad name does not fade.",
        ("O31", "L22"),
        ("origin_fading", "origin_fading_days"),
    ),
    Rule(
        "T3",
        "gains_shrink_as_trust_grows",
        "A good contact closes a small share of the distance that is left, so that each adds less than the last; a day's worth of "
        "contacts counts as one. While a failure stands open, good contacts only mend what it cost.",
        ("m1", "m20", "L09", "L28", "L36"),
        (
            "gain",
            "gain_reach",
            "purse_days",
            "gesture_gain",
            "praise_gain",
            "candour_gain",
            "correction_gain",
            "recognised_gain",
            "purchase_gain",
        ),
    ),
    Rule(
        "T4",
        "good_history_buffers_competence_breach",
        "Poor work costs less after a good history, and more right after another failure.",
        ("m12", "L11", "O22"),
        ("competence_loss", "buffer_max", "buffer_half", "close_failure_extra", "close_failure_days"),
    ),
    Rule(
        "T5",
        "relational_breach_grows_with_goodwill",
        "Being treated badly as a person costs more the more trust there was: what was a bond becomes a betrayal. Hence a better "
        "earlier contact can end lower after a later betrayal.",
        ("m25", "L10", "L12", "L13", "O22"),
        ("relational_loss", "relational_convexity", "betrayal", "trifle"),
    ),
    Rule(
        "T6",
        "being_treated_as_a_number_hurts_old_customers",
        "Not recognising a customer hurts more the longer the history.",
        ("m26",),
        ("unrecognised", "unrecognised_half"),
    ),
    Rule(
        "T7",
        "a_persons_act_is_charged_to_the_institution",
        "Most of what a representative does wrong is charged to the institution, never all; other representatives are untouched.",
        ("m24", "L24", "O24"),
        ("institution_reach",),
    ),
    Rule(
        "T8",
        "bad_response_is_a_second_failure",
        "Ignoring, shifting the blame for, denying or delaying an open failure is a second failure, worse than the first.",
        ("m3", "m6", "m8", "L18", "L34", "O8"),
        ("ignored", "deflected", "denied", "denied_integrity", "delayed"),
    ),
    Rule(
        "T9",
        "deception_wounds_and_scars",
        "A deception that comes out wounds more than another breach of the same severity.",
        ("m14", "O21"),
        ("deceived",),
    ),
    Rule(
        "T10",
        "deception_leaves_a_ceiling",
        "A deception that comes out leaves a ceiling below the trust it betrayed, for good, whoever comes after.",
        ("m14", "L19", "O21"),
        ("scar_least", "scar"),
    ),
    Rule(
        "T11",
        "waiting_keeps_costing",
        "What waits for an answer costs once patience has run out: nothing at first, most of it within a month, and never more than "
        "open refusal would.",
        ("m5", "m15", "m30", "L22", "L32", "L34", "O29"),
        ("waiting_days",),
    ),
    Rule(
        "T12",
        "responsibility_outweighs_help_and_help_explanation",
        "Of the steps of recovery, admitting responsibility restores most, then help, then prevention, then explanation.",
        ("m10", "L16", "O17"),
        ("acknowledge", "admit", "help", "explain", "prevent"),
    ),
    Rule(
        "T13",
        "early_help_counts_more",
        "A step counts in full within days and less the later it comes, help above all.",
        ("m7", "m11"),
        ("step_grace_days", "step_late_days", "help_late_days"),
    ),
    Rule(
        "T14",
        "acknowledgement_opens_recovery",
        "Nothing is restored before the failure is acknowledged; what was done earlier counts once it is. After an earlier failure of "
        "the same kind that was made good, and after a deception, recovery is worth less.",
        ("m5", "m10", "L16", "L17", "L52", "O10"),
        ("recurrence", "deception_recovery", "step_taken"),
    ),
    Rule(
        "T15",
        "money_repairs_competence_only",
        "Money makes up for a small part of poor work, up to the loss and not beyond, less if it had to be wrung out; it never "
        "repairs having been treated badly.",
        ("m9", "L14", "L15", "O13", "O14", "O15"),
        ("compensate", "involuntary"),
    ),
    Rule(
        "T16",
        "apology_counts_once",
        "One sincere apology adds a little; repeated, or for the same failure again, it adds nothing.",
        ("O18",),
        ("apologise",),
    ),
    Rule(
        "T17",
        "full_recovery_vouches",
        "All the steps that a failure asks for make it good, and speak a little for older grievances: the more, the graver the failure "
        "was, and not at all for the same failure again.",
        ("m4", "m10", "L17", "L21", "L48", "O9"),
        ("vouching",),
    ),
    Rule(
        "T18",
        "well_met_crisis_deepens_the_bond",
        "A first, minor failure fully made good leaves goodwill slightly higher than before; a disaster nobody caused, met in full, "
        "clearly higher. Steps that came late or were wrung out deepen nothing.",
        ("m2", "m4", "m22", "L17", "L43", "L48", "O7"),
        ("minor", "paradox", "crisis_met", "first_to_speak"),
    ),
    Rule(
        "T19",
        "good_conduct_lifts_the_cap",
        "After ten days with good contacts a failure that nobody made good holds back no gains any more. It can still be made good.",
        ("m30", "O19"),
        ("good_windows", "good_enough"),
    ),
    Rule(
        "T20",
        "evidence_rereads_the_response",
        "Evidence puts an earlier response in another light: innocence clears who denied entirely and who had admitted in part; guilt "
        "exposes a denial as a breach of its own, once. A later verdict takes back what an opposite one did.",
        ("L50", "O16"),
        ("cleared_admitted", "exposed_denial", "deceived"),
    ),
    Rule(
        "T21",
        "delivery_is_judged_by_the_promise",
        "The same delivery is worth less after a higher promise; inside the zone of tolerance only slightly.",
        ("m29", "L26", "O25"),
        ("zone", "kept", "kept_slope"),
    ),
    Rule(
        "T22",
        "beyond_the_zone_a_miss_is_a_breach",
        "What falls below the zone of tolerance is a breach of competence; expectations that were drawn out widen the zone.",
        ("m13", "m29", "m33"),
        ("zone_elicited",),
        "Zeithaml, Berry & Parasuraman 1993",
    ),
    Rule("T23", "a_foretold_risk_softens", "A risk that was disclosed costs less when it comes true.", ("m13",), ("disclosed",)),
    Rule(
        "T24",
        "honest_talk_softens_a_miss",
        "Check-ins along the way soften a later miss, most where they corrected the course. What is delivered "
        "ends the talk about itself, not about what else was promised by then.",
        ("m17",),
        ("check_in", "check_in_corrected", "check_in_max"),
    ),
    Rule(
        "T25",
        "blame_scales_a_failure",
        "What nobody caused costs less than a fault, a supplier's fault nearly as much as one's own; what is likely to happen again "
        "costs more.",
        ("m16", "L41"),
        ("exogenous_share", "supplier_share", "lasting_cause_extra"),
    ),
    Rule(
        "T26",
        "introduction_carries_the_bond",
        "A warm introduction hands on most of the bond with a representative, a cold one less, none the least.",
        ("m23", "L25", "O23"),
        ("introduced_warm", "introduced_cold", "introduced_none"),
    ),
    Rule(
        "T27",
        "a_newcomer_starts_below_the_predecessor",
        "Whoever takes over is trusted no more than the institution, the predecessor and they themselves; the rest they must earn. Whom"
        " the customer knows already loses less.",
        ("m23", "L25", "L40", "L54", "O23"),
        ("introduced_known",),
    ),
    Rule(
        "T28",
        "departure_loses_the_bond",
        "When the person leaves, the bond with them is lost. Whoever acts in their place does not bring it back by that.",
        ("m23", "L49"),
        ("introduced_none",),
    ),
    Rule(
        "T29",
        "scores_are_testimony",
        "A score is testimony: it corrects trust a little, unless a failure explains it already. Low scores one after another weigh "
        "ever more, so that a run of the worst ends below the line where customers leave.",
        ("m30", "m34", "L47", "O33"),
        ("feedback", "feedback_loss", "scores_grow", "scores_days", "explained_days"),
    ),
    Rule(
        "T30",
        "silence_erodes_slowly",
        "After a long silence trust above the middle drifts back towards it. Below the middle, time heals nothing. A good contact ends the "
        "silence, a very faint one only in part.",
        ("m1", "L22", "O1"),
        ("fade_days", "fade_grace_days"),
    ),
    Rule(
        "T31",
        "impulse_to_leave_comes_at_once",
        "The readiness to leave jumps with a breach, at once.",
        ("m27", "O6"),
        ("alarm_relational", "alarm_competence"),
    ),
    Rule(
        "T32",
        "readiness_to_leave_cools_slowly",
        "The readiness to leave after a breach cools only with time, or with proof of innocence; no recovery takes it back.",
        ("m27", "L50", "O6"),
        ("alarm_days",),
    ),
    Rule(
        "T33",
        "helping_with_the_customers_own_mistake_earns",
        "The customer's own mistake costs the organisation nothing; helping with it earns.",
        ("m16",),
        ("courtesy",),
    ),
    Rule(
        "T34",
        "little_trust_leaves_little_to_lose",
        "Where hardly any trust is left, a breach finds less and less to destroy.",
        ("L10", "L13"),
        ("stake_floor",),
    ),
    Rule(
        "T35",
        "confidence_grows_with_evidence",
        "Every touchpoint is evidence and raises confidence; evidence ages, so that silence lowers it.",
        ("m30", "L29"),
        ("evidence_days", "evidence_half"),
    ),
    Rule(
        "T36",
        "neither_dimension_makes_up_for_the_other",
        "Trust needs both competence and goodwill: little of one pulls the whole down.",
        ("m25", "L13"),
        ("prior_competence", "prior_goodwill", "competence_weight"),
    ),
    Rule(
        "T37",
        "a_refusal_without_reasons_costs_a_little",
        "Declining work that cannot be done well costs nothing when the reasons are given, and a little when they are not.",
        ("m32", "O32"),
        ("unexplained_refusal",),
    ),
    Rule(
        "T38",
        "patience_shortens",
        "Whatever waits for an answer may wait for some days; the graver or more urgent it is, the fewer.",
        ("m15", "O29", "L32"),
        ("patience_failure", "patience_complaint", "patience_request", "urgency"),
    ),
    Rule(
        "T39",
        "an_open_failure_waits",
        "What is not done is a second failure: a failure that nobody acknowledges costs in the end what ignoring it openly would.",
        ("m15", "m30", "L32", "L34"),
        ("ignored",),
    ),
    Rule(
        "T40",
        "who_complains_still_cares",
        "Once the customer has spoken up about a failure, waiting costs less than it would in silence. What it has cost by then is not "
        "charged again.",
        ("m31", "L23", "O29"),
        ("voiced",),
    ),
    Rule(
        "T41",
        "complaint_voiced",
        "A complaint costs nothing itself. About a known failure it is a chance; about anything else it waits for an answer of its own.",
        ("m31", "L23", "L32"),
        ("patience_complaint",),
    ),
    Rule(
        "T42",
        "request_made",
        "A request waits for an answer until it is due, or as long as patience lasts; left unanswered it is a slight, by its urgency.",
        ("m15", "L32", "L34"),
        ("patience_request", "request_severity"),
    ),
    Rule(
        "T43",
        "an_answer_stops_the_clock",
        "Any act of the organisation in an episode answers what waits there; of the steps of recovery, only acknowledging answers a "
        "failure. What the waiting cost stays part of the wound, and can be made good with it.",
        ("m15", "m7", "L32"),
        (),
        "Smith, Bolton & Wagner 1999",
    ),
    Rule(
        "T44",
        "silence_is_not_charged_twice",
        "Recording that something was ignored or delayed does not charge the same waiting again: the larger of the two holds.",
        ("m15", "L34"),
        (),
        "the founding essays, m15: head in the sand",
    ),
    Rule(
        "T45",
        "good_conduct_eases_waiting",
        "Good contacts take a share off what waiting costs, as they do off every wound.",
        ("O19", "L22"),
        ("mend_gain",),
    ),
    Rule(
        "T46",
        "broken_promise_costs_what_delivering_nothing_would",
        "A promise has a date: what was not delivered by then costs, in the end, what delivering nothing would.",
        ("m29", "L33", "L34"),
        ("broken_word",),
    ),
    Rule(
        "T47",
        "late_is_less",
        "What is delivered late counts as less, by how late it is against how long it was promised ahead; before its date the hour does"
        " not matter. A miss costs no less late than in time.",
        ("m29", "L33"),
        ("lateness_days",),
    ),
    Rule(
        "T48",
        "a_broken_word_is_a_breach_of_integrity",
        "Where a word was given, a miss is also, in part, a breach of integrity.",
        ("m29", "m32", "L42"),
        ("broken_word",),
    ),
    Rule(
        "T49",
        "failure_noticed",
        "A failure hurts when the customer learns of it. One that was found out has been concealed, and costs more.",
        ("m14", "m30", "L35"),
        ("concealed",),
    ),
    Rule(
        "T50",
        "candour_softens",
        "A failure that the organisation tells of itself costs less than one noticed at once.",
        ("m3", "L35"),
        ("candour",),
    ),
    Rule(
        "T51",
        "mediocrity_earns_no_devotion",
        "Contacts of a quality lift trust towards a level that rises with that quality, and never past it.",
        ("m20", "L53"),
        (),
        "the founding essays, m20: a slow process, not in an hour",
    ),
    Rule(
        "T52",
        "slights_of_a_day_add_up",
        "Slights within a day are judged together, so that many small ones cost no less than one large.",
        ("L36", "L51"),
        (),
        "the founding essays, m26: treated as a number",
    ),
    Rule(
        "T53",
        "good_conduct_mends",
        "Every good contact takes a share off every wound.",
        ("L20", "O19"),
        ("mend_gain",),
    ),
    Rule(
        "T54",
        "conduct_earns_the_rest",
        "What all steps together could not restore, good conduct earns back, and nothing else does.",
        ("L45", "O19", "O21"),
        ("earned_by",),
    ),
    Rule(
        "T55",
        "acting_first_counts_more",
        "Steps are worth more where the firm spoke before the customer came to complain.",
        ("m3", "m7", "L31"),
        ("first_to_speak",),
    ),
    Rule(
        "T56",
        "what_is_wrung_out_is_worth_less",
        "A step that had to be wrung out is worth less than one given freely.",
        ("m3", "L31", "O15"),
        ("involuntary_step",),
    ),
    Rule(
        "T57",
        "nobodys_fault_asks_for_no_admission",
        "Where nobody is at fault there is nothing to admit: the other steps make the failure good.",
        ("m4", "m16", "L43"),
        (),
        "Weiner 1985",
    ),
    Rule(
        "T58",
        "a_bad_start_is_forgiven_in_part",
        "All steps after a bad response still restore the greater part of what it cost.",
        ("m6", "L44", "O9"),
        ("bad_start",),
    ),
    Rule(
        "T59",
        "no_procedure_undoes_an_insult",
        "Steps restore all of a minor relational breach, but only a part of a severe one.",
        ("m6", "L45"),
        ("insult_restored", "minor"),
    ),
    Rule(
        "T60",
        "innocence_calms",
        "Proof of innocence takes back the readiness to leave that the accusation raised.",
        ("L50", "O16"),
        (),
        "Kim, Ferrin, Cooper & Dirks 2004",
    ),
    Rule(
        "T61",
        "people_carry_a_part",
        "Whoever the customer deals with carries a part of the trust, and can only bring it down: by what they did worse than the "
        "institution, as newcomers, or by having left.",
        ("m23", "m24", "L13", "L54"),
        ("representative_weight",),
    ),
    Rule(
        "T62",
        "the_bond_is_earned",
        "Good contacts take off what people strained, and what an introduction left strange about a newcomer.",
        ("m23", "L54", "O23"),
        ("mend_gain",),
    ),
    Rule(
        "T63",
        "late_introduction_lifts_less",
        "An introduction after the handover still helps, the less the later, and less from the newcomer than from the predecessor.",
        ("m23", "L46"),
        ("introduced_late_days", "introduced_by_self", "introduced_by_other"),
    ),
    Rule(
        "T64",
        "falling_scores_warn",
        "A score below the last one raises the readiness to leave, by how far it fell.",
        ("m34", "m27"),
        ("falling_scores",),
    ),
    Rule(
        "T65",
        "word_of_mouth_warns",
        "What the customer is heard to say against the organisation moves no trust; it warns of leaving, and makes what is known less "
        "sure.",
        ("m34", "m31", "O30"),
        ("word_alarm", "word_doubt"),
    ),
    Rule(
        "T66",
        "exit_was_a_surprise",
        "An exit of which nothing recorded warned is a sign that something is not known: it lowers confidence.",
        ("m28", "m30"),
        ("unexplained_exit",),
    ),
    Rule(
        "T67",
        "state_of",
        "A relationship is called by how it ended; else damaged where little trust is left, leaving is likely, or a breach that was not"
        " made good took half; else by its trust.",
        ("m25", "m28"),
        (),
        "Zhang, Watson, Palmatier & Dant 2016",
    ),
)
"""Every rule, in the order of the documentation."""
