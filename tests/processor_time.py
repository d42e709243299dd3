"""What a piece of work costs the processor."""

import time
from collections.abc import Callable


def least_seconds(work: Callable[[], object], attempts: int = 5) -> float:
    """The least of some attempts is what the work takes: a busy machine adds to the others."""

    def once() -> float:
        start = time.process_time()
        work()
        return time.process_time() - start

    return min(once() for _ in range(attempts))
