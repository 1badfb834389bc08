"""The set of ids that a long listing has brought."""

from __future__ import annotations

import random
import tracemalloc

from include.discovery.connectors.id_set import IdSet


def test_it_tells_new_ids_as_a_set_of_texts_does() -> None:
    rng = random.Random(3)
    ids, texts = IdSet(), set[str]()
    for _ in range(300):
        page = {f"event {rng.randrange(9_000)}" for _ in range(50)}

        new = ids.add(page)

        assert new == len(page - texts)
        texts |= page
        assert len(ids) == len(texts)


def test_an_id_that_comes_twice_at_once_is_new_once() -> None:
    assert IdSet().add(["one", "other", "one"]) == 2


def test_it_takes_less_than_50_bytes_an_id() -> None:
    tracemalloc.start()
    ids = IdSet()
    for page in range(100):
        ids.add(f"https://events.example/{page}/{number}" for number in range(200))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert most < 50 * 20_000
