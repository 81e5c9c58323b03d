"""The mappings of shops, surveys, mailboxes and logs, each on a sample of its own and on the real data, if they are there."""

from pathlib import Path

import pytest
from formats.exports import Export, line

from journey.errors import UnreadableSource
from journey.formats import import_files, read_mapping


def test_an_order_is_bought_promised_delivered_and_reviewed(tmp_path: Path) -> None:
    shop = Export(tmp_path / "shop", "olist")
    lines = shop.told(
        {
            "olist_orders_dataset": """
                order_id customer_id order_purchase_timestamp order_delivered_customer_date order_estimated_delivery_date
                a        k1          2018-06-12~20:07:44      2018-06-19~12:44:08           2018-06-19~00:00:00
                b        k2          2018-07-12~20:07:44      -                             2018-07-20~00:00:00
            """,
            "olist_customers_dataset": "customer_id customer_unique_id\nk1 anna\nk2 anna",
            "olist_order_items_dataset": "order_id order_item_id price freight_value seller_id\na 1 10 2.5 ugo\na 2 10 2.5 eva",
            "olist_order_reviews_dataset": "review_id order_id review_score review_answer_timestamp\nr1 a 4 2018-06-21~08:00:00",
        }
    )
    assert lines == [
        "06-12 23:07 purchase_made amount=25.0 currency=BRL representative=ugo",
        "06-12 23:07 promise_made due=06-20_03:00 level=0.7 promise=olist-a representative=ugo",
        "06-19 15:44 delivery delivered=0.7 promise=olist-a representative=ugo",
        "06-21 11:00 feedback_given instrument=csat representative=ugo score=0.75",
        "07-12 23:07 purchase_made",
        "07-12 23:07 promise_made due=07-21_03:00 level=0.7 promise=olist-b",
    ]
    by_seller = Export(tmp_path / "shop", "olist")
    by_seller.told(by_seller="true")
    assert [one.relationship for one in by_seller.journal.relationships()] == ["ugo@olist"]


def test_equal_purchases_of_a_day_are_two(tmp_path: Path) -> None:
    file = tmp_path / "CDNOW_master.txt"
    file.write_text(" customer_id  date number_of_cds  dollar_value\n 00001 19970101  1   11.77\n 00001 19970101  1   11.77\n")
    shop = Export(tmp_path, "cdnow")
    for recorded in (2, 0):
        outcome = import_files(shop.journal, [file], mapping=read_mapping("cdnow"), rejects=tmp_path / "rejects.jsonl")
        assert (outcome.recorded, outcome.refused) == (recorded, 0)
    assert shop.lines() == ["01-01 00:00 purchase_made amount=11.77 currency=USD"] * 2


ANSWERS = """
    respondent_id rating submitted_at         coded     certainty coded_by
    c1            9      2024-03-01           -         -         -
    c2            0      2024-03-02T10:00:00Z Complaint 0.8       eve
    c3            7      2024-03-02T10:00:00Z positive  -         -
    c4            11     2024-03-02T10:00:00Z -         -         -
    c5            good   2024-03-02T10:00:00Z -         -         -
"""


def test_an_answer_is_a_score_and_what_somebody_read_in_it(tmp_path: Path) -> None:
    survey = Export(tmp_path / "survey", "nps-survey")
    outcome = survey.imported({"answers": ANSWERS}, zone="Europe/Rome")
    assert survey.lines() == [
        "03-01 22:59 feedback_given instrument=nps score=0.9",
        "03-02 10:00 feedback_given instrument=nps score=0.0",
        "03-02 10:00 complaint_voiced certainty=0.8",
        "03-02 10:00 feedback_given instrument=nps score=0.7",
        "03-02 10:00 praise_given size=0.7",
    ]
    assert {record.touchpoint.source for record in survey.journal.read()} == {"survey", "coded by eve", "coded by hand"}
    assert outcome.refused == 2
    refused = (tmp_path / "rejects.jsonl").read_text(encoding="utf-8")
    assert '"line": 5' in refused and '"line": 6' in refused


def test_csat_is_scaled_by_its_ends_and_a_day_alone_needs_a_zone(tmp_path: Path) -> None:
    survey = Export(tmp_path / "survey", "nps-survey")
    answers = "customer score date instrument\nc1 2 2024-03-02T10:00:00Z CSAT\nc2 5 2024-03-01 csat"
    assert survey.imported({"answers": answers}, lowest="1", highest="5").refused == 1
    assert survey.lines() == ["03-02 10:00 feedback_given instrument=csat score=0.25"]


MAILS = """
    From                  To               Date                                          Thread-ID Body
    Anna~<anna@x.org>     help@example.com Tue,~5~Mar~2024~10:00:00~+0100                t1        My~card~is~blocked
    anna@x.org            help@example.com Tue,~5~Mar~2024~10:05:00~+0100~(CET)          t1        Hello?
    Bob~<Bob@Example.com> anna@x.org       2024-03-06T09:00:00Z                          t1        It~works~again
    anna@x.org            help@example.com 2024-03-06T10:00:00Z                          t1        Thanks~a~lot!
    anna@x.org            help@example.com 2024-03-20T10:00:00Z                          t2        And~another
    bob@example.com       eve@example.com  2024-03-20T11:00:00Z                          t2        Can~you?
"""


def test_who_writes_twice_waits_once_and_who_says_thanks_does_not_wait(tmp_path: Path) -> None:
    mails = Export(tmp_path / "mails", "mailbox")
    assert mails.told({"mails": MAILS}, ours="example.com", plain_addresses="true") == [
        "03-05 09:00 request_made episode=mail-t1",
        "03-06 09:00 interaction episode=mail-t1 representative=bob@example.com",
        "03-20 10:00 request_made episode=mail-t2",
    ]
    assert [one.relationship for one in mails.journal.relationships()] == ["anna@x.org@mailbox"]


def test_people_of_a_mailbox_are_codes_that_depend_on_the_salt(tmp_path: Path) -> None:
    names = set()
    for salt in ("", "secret"):
        mails = Export(tmp_path / "mails", "mailbox")
        mails.told({"mails": MAILS}, ours="example.com", salt=salt)
        names |= {one.relationship for one in mails.journal.relationships()}
    assert len(names) == 2
    assert not any("anna" in name for name in names)


def test_a_mailbox_without_our_addresses_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match="`ours` is not set"):
        Export(tmp_path / "mails", "mailbox").imported({"mails": MAILS})


LOG = """<log>
  <trace>
    <string key="concept:name" value="c1"/>
    <date key="deadline" value="2024-03-10T09:00:00+01:00"/>
    <date key="enddate" value="2024-03-12T09:00:00+01:00"/>
    {events}
  </trace>
</log>"""
EVENT = """<event><string key="concept:name" value="{}"/><string key="org:resource" value="{}"/>
    <string key="lifecycle:transition" value="{}"/><date key="time:timestamp" value="2024-03-0{}T10:00:00+01:00"/></event>"""
EVENTS = [
    ("submit", "web", "complete", 1),
    ("check", "ann", "start", 2),
    ("check", "ann", "complete", 2),
    ("lose", "bob", "complete", 4),
    ("cancel", "c1", "complete", 5),
]


def log_lines(tmp_path: Path, **settings: str) -> list[str]:
    file = tmp_path / "log.xes"
    file.write_text(LOG.format(events="".join(EVENT.format(*event) for event in EVENTS)), encoding="utf-8")
    log = Export(tmp_path, "xes-case")
    outcome = import_files(log.journal, [file], mapping=read_mapping("xes-case"), settings=settings, rejects=tmp_path / "rejects.jsonl")
    assert outcome.refused == 0
    return [line(fact).replace(" episode=log-c1", "") for fact in log.journal.history("c1@log")]


def test_a_case_waits_is_worked_on_and_has_a_deadline(tmp_path: Path) -> None:
    assert log_lines(tmp_path) == [
        "03-01 09:00 promise_made due=03-10_08:00 level=0.7 promise=log-c1",
        "03-01 09:00 request_made topic=submit",
        "03-02 09:00 interaction representative=ann topic=check",
        "03-04 09:00 interaction representative=bob topic=lose",
        "03-05 09:00 interaction representative=c1 topic=cancel",
        "03-12 08:00 delivery delivered=0.7 promise=log-c1",
    ]


def test_activities_mean_what_they_are_said_to(tmp_path: Path) -> None:
    settings = {"automatic": "check", "failed": "^lose$", "ends": "cancel", "delivers": "none", "handover_certainty": "0.5"}
    assert log_lines(tmp_path, **settings) == [
        "03-01 09:00 promise_made due=03-10_08:00 level=0.7 promise=log-c1",
        "03-01 09:00 request_made topic=submit",
        "03-04 09:00 failure_occurred representative=bob severity=0.3 topic=lose",
        "03-05 09:00 handover_made certainty=0.5 from_representative=bob to_representative=c1",
        "03-05 09:00 relationship_ended outcome=unknown topic=cancel",
    ]


@pytest.mark.parametrize(
    ("mapping", "path", "kinds"),
    [
        ("olist", "olist", {"purchase_made": 15_000, "promise_made": 15_000, "delivery": 14_552, "feedback_given": 14_944}),
        ("cdnow", "cdnow/CDNOW_master.txt", {"purchase_made": 69_659}),
        (
            "xes-case",
            "process_logs/receipt.xes.gz",
            {"request_made": 1_434, "promise_made": 1_434, "delivery": 1_329, "interaction": 7_143},
        ),
    ],
)
def test_real_data_are_mapped_and_mapped_again(tmp_path: Path, mapping: str, path: str, kinds: dict[str, int]) -> None:
    assert Export(tmp_path / "export", mapping).real(path) == kinds
