"""What reading, following and verifying promise, whatever the store."""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from threading import Event
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.errors import ConflictingSubscription, StoreUnavailable, UnknownName
from journey.integrity.verification import Verification
from journey.journal import Journal
from journey.reading import read_json
from journey.seals import SEALED_AT_ONCE, seal_after
from journey.stores.protocol import Counters, Store
from journey.stores.rows import digest_of
from journey.testing.places import Impatient, Opener, Places, beside, contact, contacts, each_in_a_new_place, followed, ids, records
from journey.testing.strategies import START


class ReadingContract(Places):
    """Whatever was recorded is found in every way of asking, and stays what it was."""

    def test_reopening_gives_the_same(self, opener: Opener) -> None:
        with Journal(opener()) as journal:
            journal.record(*contacts(30))
            journal.record(contact("other", relationship="s"))
            recorded = records(journal)
        with Journal(opener()) as journal:
            assert records(journal) == recorded
            assert [(one.relationship, one.touchpoints) for one in journal.relationships()] == [("r", 30), ("s", 1)]
            (again,) = journal.record(contact("other", relationship="s"))
            assert (again.position, again.recorded_at, again.is_new) == (31, recorded[-1].recorded_at, False)
            assert journal.record(contact("next"))[0].position == 32

    def test_what_one_journal_records_another_sees_at_once(self, opener: Opener) -> None:
        with Journal(opener()) as one, Journal(opener()) as other:
            for number in range(10):
                (one if number % 2 else other).record(contact(f"{number}"), expected_version=number)
                assert ids(one) == ids(other) == [f"{before}" for before in range(number + 1)]

    def test_known_at_a_receipt_is_what_was_known_then(self, journal: Journal) -> None:
        (first,) = journal.record(contact("a", day=5))
        journal.record(contact("late", day=1))
        assert [one.id for one in journal.history("r").known_at(first.recorded_at)] == ["a"]
        assert [one.id for one in journal.history("r")] == ["late", "a"]

    def test_touchpoints_are_found_by_id(self, journal: Journal) -> None:
        journal.record(*contacts(1_200))
        by_id = journal.find([*(f"{number:05}" for number in range(1_000, 1_400)), "01000", "", "\0", "\ud800", "0" * 5_000])
        assert sorted(by_id) == [f"{number:05}" for number in range(1_000, 1_200)]
        assert by_id["01000"].touchpoint == contact("01000")
        assert journal.find([]) == {}

    def test_digests_are_those_of_the_rows(self, opener: Opener) -> None:
        store = opener()
        with Journal(store) as journal:
            journal.record(*contacts(30))
            for after, limit in ((0, 30), (0, 7), (12, 100), (29, 1), (30, 10)):
                assert dict(store.digests(after, limit)) == {row.position: row.digest for row in store.read(after, limit)}

    def test_what_is_prepared_is_recorded_as_if_it_were_told(self, journal: Journal) -> None:
        lines = [f'{{"kind": "note_added", "id": "{id}", "relationship": "r", "occurred_at": "2024-01-01T00:00:00Z"}}' for id in "abc"]
        earlier, later = journal.prepare([lines[0].encode(), json.loads(lines[1])]), journal.prepare([lines[2].encode()])
        assert ids(journal) == []
        assert [one.position for one in (*journal.record_prepared(later), *journal.record_prepared(earlier))] == [1, 2, 3]
        assert ids(journal) == ["c", "a", "b"]
        assert not any(one.is_new for one in journal.record(*map(read_json, lines)))

    def test_reading_goes_on_after_a_position(self, journal: Journal) -> None:
        receipts = journal.record(*contacts(30))
        assert ids(journal, after=receipts[20].position) == [f"{number:05}" for number in range(21, 30)]
        assert ids(journal, after=receipts[-1].position) == []
        assert ids(journal, after=10**12) == []

    def test_pages_join_without_a_seam(self, opener: Opener) -> None:
        store = opener()
        with Journal(store) as journal:
            journal.record(*contacts(30))
            for limit in (1, 7, 30, 100):
                for after in range(0, 31, limit):
                    expected = list(range(after + 1, min(after + limit, 30) + 1))
                    assert [row.position for row in store.read(after, limit)] == expected
                    assert [row.position for row in store.columns(after, limit) if row.digest == digest_of(row)] == expected

    def test_relationships_are_listed_by_name(self, journal: Journal) -> None:
        journal.record(contact("a", day=3, relationship="zoe@bank"), contact("b", day=1, relationship="zoe@bank"))
        journal.record(contact("c", day=2, relationship="adam@bank"), contact("d", day=2, relationship="Zoe@bank"))
        listed = [(one.relationship, one.touchpoints, one.first, one.last) for one in journal.relationships()]
        first, second, third = (START + timedelta(days=day) for day in (1, 2, 3))
        assert listed == [("Zoe@bank", 1, second, second), ("adam@bank", 1, second, second), ("zoe@bank", 2, first, third)]

    def test_an_unknown_relationship_is_refused_and_not_made(self, journal: Journal) -> None:
        journal.record(contact("a", relationship="m@bank"))
        for name in ("M@BANK", "m@bank ", "", "\0", "m@bank\0", "%", "m_bank", "é" * 3_000, "\udcff", "m@bnk"):
            assert journal.version(name) == 0
            with pytest.raises(UnknownName) as refused:
                journal.history(name)
        assert refused.value.mend == "did you mean `m@bank`?"
        assert [one.relationship for one in journal.relationships()] == ["m@bank"]

    def test_names_are_found_in_their_order_from_any_text_on(self, opener: Opener) -> None:
        store = opener()
        with Journal(store) as journal:
            known = sorted(("Zoe@bank", "adam@bank", "zoe@bank", "zoe", "%", "_", '"', "é", "日本", "😀"))
            journal.record(*(contact(f"{name}-{n}", relationship=name, representative="ana") for n in range(3) for name in known))
            journal.name("ana", "Ana")
            for starts in ([""], ["zoe"], ["zoe@", "a", "a"], ["Z", "é", "日本人"], ["😀", "\U0010ffff"], ["\0", "\ud800"], ["%"], []):
                askable = [start for start in starts if start not in ("\0", "\ud800")]
                for limit in (1, 2, 20):
                    expected = {name for start in askable for name in [one for one in known if one >= start][:limit]}
                    names = store.names_from(starts, limit)
                    assert names == sorted(set(names)) and set(names) >= expected
                    assert set(names) == expected or askable != starts

    def test_a_name_like_an_unknown_one_is_told_among_very_many(self, journal: Journal) -> None:
        known = [f"{first}.{last}@bank" for first in ("anna", "Bruno", "carla") for last in ("rossi", "bianchi", "verdi", "ricci", "riva")]
        journal.record(*(contact(name, relationship=name) for name in known))
        journal.record(*(contact(f"{number}", relationship=f"{number:05}") for number in range(500)))
        for name, nearest in (
            ("anna.rossi@bnk", "anna.rossi@bank"),
            ("anna.rosi@bank", "anna.rossi@bank"),
            ("anna.rosis@bank", "anna.rossi@bank"),
            ("anna.rossi@bank ", "anna.rossi@bank"),
            ("Anna.Rossi@Bank", "anna.rossi@bank"),
            ("ANNA.ROSSI@BANK", "anna.rossi@bank"),
            ("bruno.verdi@bank", "Bruno.verdi@bank"),
            ("carla.ricci", "carla.ricci@bank"),
        ):
            with pytest.raises(UnknownName) as refused:
                journal.history(name)
            assert refused.value.mend == f"did you mean `{nearest}`?"
        with pytest.raises(UnknownName) as refused:
            journal.history("xyz")
        assert refused.value.mend == "`journey relationships` lists them"

    def test_a_relationship_is_read_behind_a_version(self, opener: Opener) -> None:
        store = opener()
        with Journal(store) as journal:
            journal.record(*(contact(f"{number}", relationship="rs"[number % 2]) for number in range(20)))
            journal.correct("0", {"competence": 0.5})
            for after in range(-1, 13):
                versions = [row.version for row in store.select("r", after)]
                assert versions == list(range(max(after, 0) + 1, 12))
            assert [row.id for row in store.select("r", 10)] == ["0.corrected-1"]
            assert list(store.select("t", 1)) == list(store.select("\0", 1)) == []
            assert [one.id for one in journal.history("r", after=8)] == ["16", "18"]
            assert [one.touchpoint.about for one in journal.history("r", after=8).amendments] == ["0"]
            with pytest.raises(UnknownName):
                journal.history("t", after=1)

    def test_facts_about_facts_are_recorded_and_count_for_no_relationship(self, journal: Journal) -> None:
        journal.record(contact("a"), contact("b"))
        journal.correct("a", {"competence": 0.5})
        journal.retract("b")
        assert len(records(journal)) == journal.version("r") == 4
        assert [(one.relationship, one.touchpoints) for one in journal.relationships()] == [("r", 2)]
        assert [one.id for one in journal.history("r")] == ["a"]

    def test_merges_are_found_by_either_name(self, opener: Opener) -> None:
        store = opener()
        with Journal(store) as journal:
            journal.record(*(contact(name, relationship=name) for name in ("é", "b", "c", "d", "%")))
            first, second, third = journal.merge("b", "é"), journal.merge("c", "b"), journal.unmerge("b", "é")
            ids_by_name = {name: [row.id for row in store.merges(name)] for name in (None, "é", "b", "c", "d", "%", "\0", "\ud800")}
        assert ids_by_name == {
            None: [first.id, second.id, third.id],
            "é": [first.id, third.id],
            "b": [first.id, second.id, third.id],
            "c": [second.id],
            "d": [],
            "%": [],
            "\0": [],
            "\ud800": [],
        }

    def test_facts_of_people_are_found_by_any_of_their_ids(self, opener: Opener) -> None:
        store = opener()
        with Journal(store) as journal:
            journal.record(*(contact(name, representative=name) for name in ("é", "b", "c", "d", '"%')))
            journal.record(contact("e", relationship="b"), contact("f", relationship="c"))
            journal.merge("c", "b")
            first, second, third = journal.merge_people("b", "é"), journal.merge_people("c", "b"), journal.unmerge_people("b", "é")
            fourth, fifth = journal.name("b", "Béa"), journal.forget("c").receipt
            queries: list[list[str]] = [[], ["é"], ["b"], ["c"], ["é", "c"], ["d", '"%', "", "\0", "\ud800"]]
            answers = [[row.id for row in store.people_facts(people)] for people in queries]
            assert [row.id for row in store.merges("b")] == ["c+b.merged-1"]
        of_two = [first.id, second.id, third.id]
        assert answers == [[], [first.id, third.id], [*of_two, fourth.id], [second.id, fifth.id], [*of_two, fifth.id], []]

    def test_whatever_names_somebody_is_found_page_by_page(self, opener: Opener) -> None:
        store, name = opener(), 'é "%_\\'
        with Journal(store) as journal:
            journal.record(
                contact("a", representative=name, note=name),
                contact("b", contact=name),
                contact("c", representative=f"{name}é", topic=name, note=name),
                contact("d", episode=name, actor=name),
            )
            journal.correct("c", {"contact": name})
            fields = ("representative", "contact", "actor")
            positions = {limit: [row.position for row in store.naming(name, fields, 0, limit)] for limit in (1, 2, 9)}
            assert positions == {1: [1], 2: [1, 2], 9: [1, 2, 4, 5]}
            assert [row.position for row in store.naming(name, fields, 2, 1)] == [4]
            assert [row.position for row in store.naming(name, ["episode"], 0, 9)] == [4]
            assert list(store.naming(name, fields, 5, 9)) == list(store.naming(name, [], 0, 9)) == []
            assert [[*store.naming(other, fields, 0, 9)] for other in ("é", "", "%", "0.5", "\0", "\ud800")] == [[]] * 6

    def test_a_subscription_follows_what_was_and_what_comes(self, opener: Opener) -> None:
        with Journal(opener()) as journal, Journal(opener()) as writer:
            writer.record(*contacts(5))
            with beside(lambda: [writer.record(contact(f"more-{number:02}")) for number in range(25)]):
                followed_ids = [one.touchpoint.id for one in followed(journal, 28, after=2)]
            assert followed_ids == ids(journal, after=2)
            assert len(followed_ids) == 28

    def test_a_stopped_subscription_ends(self, journal: Journal) -> None:
        subscription = journal.subscribe(poll_seconds=60)
        with beside(lambda: list(subscription)):
            subscription.stop()
        subscription.stop()
        assert list(subscription) == []

    def test_a_named_subscription_goes_on_where_another_of_its_name_was(self, opener: Opener) -> None:
        with Journal(opener()) as journal:
            journal.record(*contacts(6))
            with journal.subscribe(1, name="é") as subscription:
                assert [next(subscription).position for _ in range(3)] == [2, 3, 4]
        with Journal(opener()) as journal:
            for expected in (4, 5):
                with journal.subscribe(name="é") as subscription:  # 4 was in hand, and comes again
                    assert next(subscription).position == expected
                    subscription.acknowledge(99)  # no more than was given out
            with journal.subscribe(name="other") as subscription:
                assert next(subscription).position == 1

    @settings(each_in_a_new_place, max_examples=10)
    @given(steps=st.lists(st.sampled_from(["next", "page", "acknowledge", "begin anew"]), max_size=12))
    def test_a_named_subscription_misses_nothing_and_repeats_what_was_in_hand(
        self, new_place: Callable[[], Opener], steps: list[str]
    ) -> None:
        store = new_place()()
        with Journal(store) as writer:
            writer.record(*contacts(40))
            journal = Journal(cast(Store, Impatient(store)))
            subscription, last_given, done = journal.subscribe(name="n"), 0, 0
            for step in steps:
                done = done if step == "begin anew" else last_given
                if step == "next":
                    assert next(subscription).position == last_given + 1
                    last_given += 1
                elif step == "page":
                    assert [record.position for record in subscription.page(2)] == [last_given + 1, last_given + 2]
                    last_given += 2
                elif step == "acknowledge":
                    subscription.acknowledge()
                else:
                    subscription, last_given = journal.subscribe(name="n"), done
                assert subscription.position == last_given

    def test_of_two_that_follow_under_one_name_the_last_goes_on(self, opener: Opener) -> None:
        with Journal(opener()) as journal:
            journal.record(*contacts(5))
            first = journal.subscribe(name="n")
            assert [next(first).position for _ in range(2)] == [1, 2]
            second = journal.subscribe(name="n")
            assert next(second).position == 2
            for _ in range(2):
                with pytest.raises(ConflictingSubscription, match="`n`"):
                    next(first)
            assert [next(second).position for _ in range(2)] == [3, 4]

    @pytest.mark.parametrize("name", ["", " ", "\0", "a\nb", "\ud800", "x" * 201])
    def test_a_name_that_is_none_is_refused(self, journal: Journal, name: str) -> None:
        with pytest.raises(ValueError, match="cannot be a subscription's name"):
            journal.subscribe(name=name)

    def test_a_place_nobody_recorded_in_is_empty_and_verifies(self, opener: Opener) -> None:
        store = opener()
        with Journal(store) as journal:
            assert (ids(journal), list(journal.relationships()), store.counters(), store.last_seal()) == ([], [], Counters(0, 0), None)
            assert journal.verify() == Verification(touchpoints=0, seals=0, sealed=0, violations=())

    @settings(each_in_a_new_place, max_examples=8)
    @given(sizes=st.lists(st.sampled_from([1, 2, 40, SEALED_AT_ONCE - 1, SEALED_AT_ONCE, SEALED_AT_ONCE + 1]), max_size=3))
    def test_closing_seals_whatever_was_recorded(self, new_place: Callable[[], Opener], sizes: list[int]) -> None:
        opener = new_place()
        for number, size in enumerate(sizes):
            with Journal(opener()) as journal:
                journal.record(*contacts(size, prefix=f"{number}-"))
                assert journal.verify().holds
        with Journal(opener()) as journal:
            verification = journal.verify()
            assert verification.holds and verification.sealed == verification.touchpoints == sum(sizes)

    def test_a_seal_whose_number_is_taken_is_not_kept(self, opener: Opener) -> None:
        with Journal(opener()) as journal:
            journal.record(contact("a"))
        store = opener()
        with Journal(store):
            seal = store.last_seal()
            assert seal is not None and not store.seal(seal_after(None, [bytes(32)]))
            assert list(store.seals(0, 10)) == [seal] and list(store.seals(1, 10)) == []
            assert store.counters() == Counters(1, 1)

    def test_closing_while_others_read_ends_them_in_words(self, new_place: Callable[[], Opener]) -> None:
        for _ in range(5):
            journal, is_closed = Journal(new_place()()), Event()
            journal.record(*contacts(1_000))

            def read(journal: Journal = journal, is_closed: Event = is_closed) -> None:
                with suppress(StoreUnavailable):
                    while not is_closed.is_set():
                        ids(journal)

            with beside(*[read] * 4):
                journal.close()
                is_closed.set()

    def test_closing_twice_is_harmless(self, opener: Opener) -> None:
        journal = Journal(opener())
        journal.record(contact("a"))
        journal.close()
        journal.close()
        with Journal(opener()) as journal:
            assert ids(journal) == ["a"]
