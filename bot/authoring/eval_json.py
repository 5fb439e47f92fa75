"""The figures of `kb eval` as JSON: names that scripts and dashboards may rely on. Pure.

Every share is an object with `percent`, `count`, `of` and the 95 % interval `low` to `high`, all three null of no case.
Called by `bot/cli_kb_eval.py`.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from bot.authoring.evaluate import Evaluation, Scores
from bot.authoring.figures import Share
from bot.authoring.grading import Mark

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

NAMES: Mapping[str, str] = {
    "right_at_1": "first",
    "right_at_3": "third",
    "answered_right": "answered",
    "wrong_with_confidence": "wrong",
    "in_scope_accuracy": "accuracy",
    "clarify_holds_right": "offered",
    "codes_answered_right": "codes",
    "out_of_scope_rejected": "rejected",
    "out_of_scope_told_unsure": "told_unsure",
}
"""The name of each share in JSON, and in `Scores`."""


def to_json(found: Evaluation, errors: Sequence[Mark] | None = None) -> dict[str, Json]:
    """Return all figures; with `errors` the questions that went wrong as well."""
    told: dict[str, Json] = {
        "questions": found.questions,
        "kb": found.kb,
        "weights": found.weights,
        "total": _scores(found.total),
        "kinds": {kind: _scores(each) for kind, each in found.kinds.items()},
        "languages": {language: _scores(each) for language, each in found.languages.items()},
        "articles": [
            {"id": each.id, "recall": _share(each.recall), "precision": _share(each.precision)}
            for each in found.articles
        ],
        "confusions": [
            {
                "asked": each.asked,
                "got": each.got,
                "count": each.count,
                "with_confidence": each.sure,
                "examples": list(each.examples),
            }
            for each in found.confusions
        ],
        "calibration": {
            "cases": found.calibration.cases,
            "error": _rounded(found.calibration.error, 4),
            "deciles": [
                {
                    "low": each.low,
                    "high": each.high,
                    "predicted": round(each.predicted, 4),
                    "observed": _share(each.observed),
                }
                for each in found.calibration.deciles
            ],
        },
        "thresholds": [
            {
                "threshold": each.threshold,
                "answered": _share(each.covered),
                "right_of_answered": _share(each.right),
                "out_of_scope_answered": _share(each.foreign),
            }
            for each in found.settings
        ],
        "elapsed_ms": {"p50": round(found.time_at(0.5), 3), "p99": round(found.time_at(0.99), 3)},
    }
    if errors is not None:
        told["errors"] = [_error(mark) for mark in errors]
    return told


def _scores(scores: Scores) -> dict[str, Json]:
    return {name: _share(getattr(scores, field)) for name, field in NAMES.items()}


def _share(share: Share) -> dict[str, Json]:
    low, high = share.interval or (None, None)
    return {
        "percent": _rounded(share.percent, 2),
        "count": share.count,
        "of": share.of,
        "low": _rounded(low, 2),
        "high": _rounded(high, 2),
    }


def _error(mark: Mark) -> dict[str, Json]:
    decision = mark.decision
    return {
        "line": mark.question.line,
        "query": mark.question.text,
        "kind": mark.question.kind,
        "expected": list(mark.question.expected),
        "decision": decision.kind.value,
        "article": decision.article,
        "candidates": [{"id": each.id, "score": each.score} for each in decision.candidates[:3]],
        "right_at_1": mark.first,
        "with_confidence": mark.wrong or mark.told is not None,
        "form": decision.form,
        "repairs": list(decision.repairs),
        "reasons": list(decision.reasons),
    }


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
