from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import event

from app.collectors.service import FieldedCollector
from app.db import Database
from app.deletion.service import delete_way_in
from app.errors import NotFound
from app.responses.pages.collector_cache import CollectorCache
from tests.factories import make_collector, make_wave
from tests.integration.pages.site import Fielded


def count_questions(database: Database) -> list[str]:
    asked: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    return asked


def test_fifty_who_come_at_once_wait_for_one_read(database: Database, fielded: Fielded) -> None:
    public_id = fielded.path.rpartition("/")[2]
    asked = count_questions(database)

    async def come(people: int) -> list[FieldedCollector]:
        cache = CollectorCache(database)
        return await asyncio.gather(*(cache.get(public_id) for _ in range(people)))

    asyncio.run(come(1))
    alone = len(asked)
    asked.clear()
    crowd = asyncio.run(come(50))
    assert 0 < len(asked) <= alone
    assert all(collector is crowd[0] for collector in crowd)


def test_an_address_that_does_not_exist_is_not_remembered(database: Database) -> None:
    async def look_twice() -> CollectorCache:
        cache = CollectorCache(database)
        for _ in range(2):
            with pytest.raises(NotFound):
                await cache.get("0" * 16)
        return cache

    cache = asyncio.run(look_twice())
    assert (cache._known, cache._reads) == ({}, {})


def test_one_who_leaves_while_waiting_takes_the_page_from_nobody(
    database: Database, fielded: Fielded
) -> None:
    public_id = fielded.path.rpartition("/")[2]

    async def leave() -> FieldedCollector:
        cache = CollectorCache(database)
        leaving = asyncio.create_task(cache.get(public_id))
        staying = asyncio.create_task(cache.get(public_id))
        await asyncio.sleep(0)
        leaving.cancel()
        return await staying

    assert asyncio.run(leave()).public_id == public_id


def test_a_collector_that_was_deleted_is_forgotten(database: Database) -> None:
    with database.writing() as session:
        collector = make_collector(session, make_wave(session))
        key, public_id = (collector.agency_id, collector.id), collector.public_id
    moment = [0.0]

    async def look_before_and_after() -> CollectorCache:
        cache = CollectorCache(database, lambda: moment[0])
        await cache.get(public_id)
        with database.writing() as session:
            delete_way_in(session, *key)
        moment[0] = 60.0
        with pytest.raises(NotFound):
            await cache.get(public_id)
        return cache

    assert asyncio.run(look_before_and_after())._known == {}
