"""Tickets as rows: one open ticket a customer, one winner a step, topics one too many, pairs of messages."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database as Db

from bot.conversations import store as conversations
from bot.conversations.events import Person
from bot.storage.database import connect
from bot.storage.migrations import migrate
from bot.tickets import store
from bot.tickets.ticket import Place, State, Ticket, number_in, topic_name


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Db]:
    db = connect(tmp_path / "bot.db")
    migrate(db)
    for user in (1, 2):
        conversations.save_person(Person(user, "Анна", None, "ru"), 1.0)(db)
        conversations.touch_conversation(f"c{user}", user, 1.0)(db)
    yield db
    db.close()


def draft(user: int, question: str = "") -> Ticket:
    return Ticket(0, user, f"c{user}", "ru", "Анна", "asked", question, State.NEW, 5.0)


def test_a_customer_has_one_open_ticket(db: Db) -> None:
    first = store.insert(db, draft(1))
    with pytest.raises(sqlite3.IntegrityError):
        store.insert(db, draft(1))
    assert store.close(db, first, 9, 6.0)
    assert not store.close(db, first, 9, 6.0)
    assert store.open_ticket_of(db, 1) is None
    second = store.insert(db, draft(1))
    assert not store.reopen(db, first, 9, "Ира", 7.0)
    assert store.close(db, second, 9, 8.0)
    assert store.reopen(db, first, 9, "Ира", 9.0)
    assert [ticket.id for ticket in store.open_tickets(db)] == [first]


def test_one_take_wins(db: Db) -> None:
    number = store.insert(db, draft(1))
    assert store.take(db, number, 10, "Ира", 6.0)
    assert not store.take(db, number, 11, "Олег", 6.0)
    taken = store.find(db, number)
    assert taken is not None
    assert (taken.state, taken.taken_by, taken.taken_name) == (State.TAKEN, 10, "Ира")


def test_a_question_is_noted_once(db: Db) -> None:
    number = store.insert(db, draft(1))
    store.set_question(db, number, "первый")
    store.set_question(db, number, "второй")
    found = store.find(db, number)
    assert found is not None
    assert found.question == "первый"


def test_of_two_topics_heard_of_one_is_the_tickets(db: Db) -> None:
    number = store.insert(db, draft(1))
    assert not store.topic_seen(db, number, 50, 6.0)
    assert not store.topic_seen(db, number, 51, 6.0)
    assert store.topic_made(db, number, 51) == [50]
    assert store.topic_made(db, number, 51) == []
    assert not store.topic_seen(db, number, 51, 7.0)
    assert store.topic_seen(db, number, 52, 7.0)
    found = {topic: store.in_topic(db, topic) for topic in (50, 51, 52, 53)}
    assert {topic: ticket.id if ticket else None for topic, ticket in found.items()} == {
        50: number,
        51: number,
        52: number,
        53: None,
    }
    assert not store.topic_seen(db, 999, 54, 7.0)


def test_a_topic_that_is_gone_keeps_its_customer(db: Db) -> None:
    number = store.insert(db, draft(1))
    store.topic_made(db, number, 50)
    store.topic_lost(db, number, 6.0)
    lost = store.in_topic(db, 50)
    assert lost is not None
    assert (lost.id, lost.topic_id, lost.place) == (number, None, Place.WANTED)
    assert store.topic_made(db, number, 60) == []


def test_pairs_lead_both_ways_and_are_forgotten_when_the_group_moves(db: Db) -> None:
    hers, his = store.insert(db, draft(1)), store.insert(db, draft(2))
    store.set_card(db, his, 5)
    store.topic_made(db, hers, 50)
    store.pair(hers, 100, 7, 6.0)(db)
    assert store.staff_copy_of(db, hers, 100) == 7
    assert store.customer_copy_of(db, hers, 7) == 100
    assert store.customer_copy_of(db, his, 7) is None
    by_message = {number: store.about_message(db, number) for number in (5, 7, 8)}
    assert {number: ticket and ticket.id for number, ticket in by_message.items()} == {5: his, 7: hers, 8: None}
    store.forget_places(db)
    assert [store.about_message(db, number) for number in (5, 7)] == [None, None]
    assert store.in_topic(db, 50) is None
    assert {ticket.place for ticket in store.open_tickets(db)} == {Place.WANTED}


@given(st.integers(1, 10**12 - 1), st.text(max_size=300), st.sampled_from(State))
def test_a_topics_name_fits_and_carries_its_number(number: int, name: str, state: State) -> None:
    shown = topic_name(number, name, state)
    assert 1 <= len(shown) <= 128
    assert number_in(shown) == number
    assert shown[0] == ("⬛" if state is State.CLOSED else "🟪")


@pytest.mark.parametrize(("topic", "number"), [("Обед", None), ("# 5", None), ("№ #12 x", 12), ("#12a", None)])
def test_numbers_in_other_names(topic: str, number: int | None) -> None:
    assert number_in(topic) == number
