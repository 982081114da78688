"""SIGINT and SIGTERM end a run early; what was answered is still judged and written."""

import asyncio
import signal

from mailcheck.dns.run import Run


def stop_on_signals(run: Run) -> list[int]:
    """On SIGINT and SIGTERM end the run; what was answered is still judged and written.

    The second signal ends the program at once, as if this function had not been called.
    """
    code = [0]
    loop = asyncio.get_running_loop()

    def stop(number: int) -> None:
        code[0] = 128 + number
        run.stop("interrupted")
        for each in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(each)

    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop, int(number))
        except (NotImplementedError, ValueError, RuntimeError):
            # Windows, or not the main thread: Python's own handling stays.
            continue
    return code
