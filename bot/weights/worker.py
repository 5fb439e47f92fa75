"""The process that learns: `python -m bot.weights.worker`, a pickled corpus in, a file's content out.

Decides nothing. It is started by `learner.py` only, gives way to everything else on the machine, and may be killed at
any moment.
"""

import os
import pickle
import sys

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""One thread each: the same sums in the same order, and the other cores stay free."""


def main() -> None:
    """Learn once."""
    for name in THREADS:
        os.environ[name] = "1"
    if hasattr(os, "nice"):
        os.nice(10)
    # Late, for the threads above count when NumPy is imported.
    from bot.matching.learning import learn  # noqa: PLC0415
    from bot.weights.cache import dump, key_of  # noqa: PLC0415

    corpus = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - our own parent wrote it
    sys.stdout.buffer.write(dump(learn(corpus), key_of(corpus)))


if __name__ == "__main__":
    main()
