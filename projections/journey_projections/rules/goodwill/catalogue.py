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
        "A stranger starts in the middle. A good name, a referral, or having come back lifts the start.",
        ("m19", "O31"),
        ("origin_reputation", "origin_referral", "origin_returning"),
    ),
    Rule(
        "T2",
        "part_of_a_good_name_fades",
        "A part of that lift fades with time, a part stays.",
        ("O31", "L22"),
        ("origin_fading", "origin_fading_days"),
    ),
    Rule(
        "T3",
        "gains_shrink_as_trust_grows",
        "A good contact closes a small share of the distance that is left, so that each adds less than the last; a day's worth "
        "of contacts counts as one. While a failure stands open, good contacts only mend what it cost.",
        ("m1", "m20", "L09", "L28"),
        ("gain", "gain_reach", "purse_days", "mend_gain", "gesture_gain", "praise_gain", "candour_gain", "correction_gain"),
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
        ("m3", "m6", "m8", "L18", "O8"),
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
        "unanswered_failure_keeps_costing",
        "A failure that nobody acknowledges goes on costing, slowly; once the customer has spoken up, more slowly.",
        ("m5", "m15", "L22", "L23"),
        ("neglect_days", "neglect_floor", "neglect_voiced"),
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
        "Nothing is restored before the failure is acknowledged; what was done earlier counts once it is. After an earlier failure "
        "of the same kind, and after a deception, recovery is worth less.",
        ("m5", "m10", "L16", "L17", "O10"),
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
        "All five steps make a failure good, and speak for older open grievances: half of what these still cost is given back, "
        "as far as the failure made good weighs up to them.",
        ("m4", "m10", "L17", "L21", "O9"),
        ("vouching",),
    ),
    Rule(
        "T18",
        "well_met_crisis_deepens_the_bond",
        "A first, minor failure fully made good leaves goodwill slightly higher than before; a disaster nobody caused, met in "
        "full, clearly higher.",
        ("m2", "m4", "m22", "L17", "O7"),
        ("minor", "paradox", "crisis_met"),
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
        "Evidence puts an earlier response in another light: innocence clears who denied entirely and who had admitted in part; "
        "guilt exposes a denial as a breach of its own, once. A later verdict takes back what an opposite one did.",
        ("O16",),
        ("cleared_admitted", "exposed_denial"),
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
        "Check-ins along the way soften a later miss, most where they corrected the course.",
        ("m17",),
        ("check_in", "check_in_corrected", "check_in_max"),
    ),
    Rule(
        "T25",
        "blame_scales_a_failure",
        "What nobody caused costs less than a fault; what is likely to happen again costs more.",
        ("m16",),
        ("exogenous_share", "lasting_cause_extra"),
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
        "Whoever takes over is trusted no more than the institution and the predecessor; the rest they must earn. Whom the customer "
        "knows already loses less, and only in the new role.",
        ("m23", "L25", "O23"),
        ("introduced_known",),
    ),
    Rule(
        "T28",
        "departure_loses_the_bond",
        "When the person leaves, the bond with them is lost. Acting in an empty chair lends nobody trust.",
        ("m23",),
        ("introduced_none",),
    ),
    Rule(
        "T29",
        "feedback_corrects_slowly",
        "A score is information: it corrects trust a little, unless a failure explains it already.",
        ("m30", "O33"),
        ("feedback", "feedback_loss", "explained_days"),
    ),
    Rule(
        "T30",
        "silence_erodes_slowly",
        "After a long silence trust above the middle drifts back towards it. Below the middle, time heals nothing.",
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
        "The readiness to leave after a breach cools only with time; no recovery takes it back.",
        ("m27", "O6"),
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
        "Trust needs both competence and goodwill, in the institution and in the person: little of one pulls the whole down.",
        ("m25", "L13"),
        ("prior_competence", "prior_goodwill", "competence_weight", "representative_weight"),
    ),
    Rule(
        "T37",
        "a_refusal_without_reasons_costs_a_little",
        "Declining work that cannot be done well costs nothing when the reasons are given, and a little when they are not.",
        ("m32", "O32"),
        ("unexplained_refusal",),
    ),
)
"""Every rule, in the order of the documentation."""
