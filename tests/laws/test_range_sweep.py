"""The sweep over the ends of ranges tries what matters."""

from range_sweep import Try, read_by, tried

from journey_projections.testing import LAWS

LAW = {law.id: law for law in LAWS}


def test_a_law_reads_the_parameters_that_its_cases_meet_and_no_others() -> None:
    read = read_by(LAW["L09"])
    assert {"gain", "purse_days", "prior_goodwill"} <= read
    assert not {"scar", "deception_recovery"} & read


def test_what_an_end_of_a_range_breaks_is_told() -> None:
    assert tried(Try("gain", 0.05, "L01", 5, None)) == ""
    assert tried(Try("gain", 5.0, "L01", 5, None)).startswith("cannot be tried: ")
