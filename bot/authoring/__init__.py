"""Tools for those who write articles: labelled questions and what the matcher makes of them, faults of a whole base.

    questions_file   a file of labelled questions → values, or all of its faults
    grading          one decision against its label → a mark
    figures          shares with intervals, calibration, coverage
    evaluate         all marks → the figures of `kb eval`
    doctor/          what is wrong with a knowledge base as matching sees it → findings of `kb doctor`
    plots, page      inline SVG and one self-contained HTML page
    eval_page, doctor_page   the two reports

Called by `bot/cli_kb_eval.py`, `bot/cli_kb_doctor.py` and `tests/bench/evaluate.py`. Nothing here changes a knowledge
base, and nothing here is imported while the bot runs.
"""
