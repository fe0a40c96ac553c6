"""Golden answers: calls of every tool in fixed circumstances, and what they gave when they were last written down.

`scenes` reads the calls from `tests/golden/scenes`, `play` plays a scene, and `tests/golden/answers` holds what came of
each. Rewritten with `python scripts/golden.py --write` only, so that a change of an answer is seen in review.
"""
