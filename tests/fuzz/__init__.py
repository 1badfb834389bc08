"""Mutation fuzzing of every parser: ``python -m tests.fuzz [TARGET …] --seconds 60 --seed N``.

``targets`` knows what can be fuzzed (each kind of source by itself), ``mutations`` how payloads are
damaged, ``run`` what counts as a failure; ``seeds/TARGET/`` holds payloads to start from.
"""
