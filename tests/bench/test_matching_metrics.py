"""Figures of clusterings, on examples that were worked out by hand."""

from __future__ import annotations

import pytest

from bench.matching.metrics import Score, b_cubed, clusters_of, exact_clusters, joined, pairwise

# Bagga and Baldwin's example (1998): 5 + 2 + 5 items, where the pair and the last five were joined.
TRUTH = {str(n): "first" if n < 5 else "second" if n < 7 else "third" for n in range(12)}
FOUND = {str(n): "first" if n < 5 else "rest" for n in range(12)}


def test_pairs_are_counted_as_right_wrong_and_missed() -> None:
    score = pairwise(TRUTH, FOUND)

    assert score == Score(right=10 + 1 + 10, wrong=2 * 5, missed=0)
    assert score.precision == pytest.approx(21 / 31)
    assert score.recall == 1


def test_b_cubed_weighs_each_item_by_its_cluster_as_in_the_published_example() -> None:
    precision, recall, f1 = b_cubed(TRUTH, FOUND)

    assert precision == pytest.approx((5 * 1 + 2 * (2 / 7) + 5 * (5 / 7)) / 12)
    assert recall == 1
    assert f1 == pytest.approx(2 * precision / (precision + 1))


def test_missed_pairs_lower_recall_alone() -> None:
    alone = {one: one for one in TRUTH}

    assert pairwise(TRUTH, alone) == Score(right=0, wrong=0, missed=21)
    assert pairwise(TRUTH, alone).precision == 1
    assert b_cubed(TRUTH, alone)[:2] == (1, pytest.approx(3 / 12))


def test_only_clusters_with_all_members_and_no_other_are_exact() -> None:
    assert exact_clusters(TRUTH, FOUND) == pytest.approx(1 / 3)


def test_pairs_join_into_components_whatever_their_order() -> None:
    pairs = [("c", "d"), ("a", "b"), ("b", "c")]

    for order in (pairs, pairs[::-1]):
        found = joined(order, "abcde")
        assert len({found[one] for one in "abcd"}) == 1
        assert found["e"] not in {found[one] for one in "abcd"}


def test_an_id_in_no_group_is_a_cluster_of_its_own() -> None:
    found = clusters_of([("a", "b")], "abcd")

    assert found["a"] == found["b"]
    assert len(set(found.values())) == 3


def test_scores_of_nothing_are_perfect() -> None:
    assert pairwise({}, {}).f1 == 1
    assert b_cubed({}, {}) == (1, 1, 1)
    assert exact_clusters({}, {}) == 1
