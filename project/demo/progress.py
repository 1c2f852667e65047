"""Bars in the terminal: one per stage, with how many rows went by and how many a second."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, Task, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.text import Text


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        elapsed = task.finished_time or task.elapsed
        return Text(f"{task.completed / elapsed:,.0f} /s" if elapsed else "")


class Progress:
    """Shows stages as they go; silent when the output is no terminal, but for a line at the end of each."""

    def __init__(self, console: Console | None = None, *, quiet: bool = False) -> None:
        self.console = console or Console(stderr=True)
        self.quiet = quiet

    @contextmanager
    def stage(self, name: str, total: int) -> Iterator[Stage]:
        """A stage of `total` rows; count them with `Stage.add`."""
        bars = Bars(
            TextColumn(f"{name:<20}"),
            BarColumn(bar_width=16),
            MofNCompleteColumn(),
            _Rate(),
            TimeElapsedColumn(),
            console=self.console,
            disable=self.quiet,
            refresh_per_second=4,
        )
        with bars:
            task = bars.add_task(name, total=total or None)
            yield Stage(bars, task)
            bars.update(task, completed=bars.tasks[0].completed or total, total=bars.tasks[0].completed or total)


class Stage:
    """A stage that runs."""

    def __init__(self, bars: Bars, task: object) -> None:
        self._bars, self._task = bars, task

    def add(self, rows: int) -> None:
        """That so many rows more are done."""
        self._bars.advance(self._task, rows)  # type: ignore[arg-type]
