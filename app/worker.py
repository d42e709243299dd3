"""The worker process: claims jobs and does them, one at a time, until it is asked to stop."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from traceback import extract_tb
from typing import Final

from app import clock
from app.accounts.signing_in import forget_unknown_addresses
from app.api.kept_replies import forget_old_replies
from app.backups.target import backup_target
from app.db import Database
from app.deletion.keys import forget_keys
from app.errors import AppError, BadInput, Conflict, Misconfigured, NotFound, Phrase, Unavailable
from app.errors.sentences import SOURCE_LANGUAGE
from app.exports.formats.scratch import clear_scratch
from app.exports.making import make_export, remove_export
from app.exports.service import KEPT
from app.health.metrics import WorkerMetrics, start_metrics
from app.initiatives.fielding import count_kept_keys_again, end_fieldwork, end_grace
from app.initiatives.opening import open_wave
from app.initiatives.wave import TooEarly
from app.jobs.lease import Interrupted, KeptLease
from app.jobs.service import LEASE, ClaimedJob, claim, fail, finish, put_back, retry_failed
from app.migrations import refuse_other_schema
from app.privacy.count_keys import CountKeyStore
from app.privacy.identifiers import new_id
from app.reports.computation import compute_report
from app.responses.count import Step, count_wave
from app.responses.count.by_partner import take_in_count
from app.responses.texts.service import scrub_quotes
from app.retention.erasing import erase_initiative, expire_backups
from app.retention.telling import tell_due
from app.retention.texts import ask_for_due, delete_due_texts, expire_text_backups
from app.settings import WorkerSettings

IDLE_SECONDS: Final = 0.5
DOWN_SECONDS: Final = 5.0
POOL_SIZE: Final = 4
STATEMENT_SECONDS: Final = 600
SETTLE_TRIES: Final = 5
LONGEST_HOST: Final = 16

_ASKED_IN_VAIN: Final = (BadInput, Conflict, NotFound)  # another attempt would end the same way
_PROGRAM: Final = Path(__file__).parent.parent
_log = logging.getLogger("rapport.worker")


@dataclass(frozen=True, slots=True)
class Work:
    """What a job gets to work with."""

    job: ClaimedJob
    database: Database
    settings: WorkerSettings
    say: Callable[[str], None]
    count_keys: CountKeyStore | None

    def keys(self) -> CountKeyStore:
        if self.count_keys is None:
            raise Misconfigured("This worker has no count key store. Start one that has.")
        return self.count_keys


Do = Callable[[Work], str | None]


def _open_wave(work: Work) -> None:
    accept = bool(work.job.arguments.get("accept_default_plan", False))
    with work.database.writing() as session:
        open_wave(
            session,
            work.keys(),
            work.job.agency_id,
            work.job.subject,
            accept_default_plan=accept,
            draft_decision=str(work.job.arguments.get("draft_decision", "")),
        )


def _end_fieldwork(work: Work) -> None:
    grace = timedelta(hours=work.job.arguments["grace_hours"])
    with work.database.writing() as session:
        end_fieldwork(session, work.job.agency_id, work.job.subject, grace)


def _close_wave(work: Work) -> None:
    with work.database.writing() as session:
        end_grace(session, work.job.agency_id, work.job.subject)


def _count_wave(work: Work) -> str:
    def report(step: Step, line: str) -> None:
        work.say(f"{step.value}: {line}")

    counted = count_wave(
        work.database,
        work.keys(),
        work.job.agency_id,
        work.job.subject,
        backups=backup_target(work.settings),
        report=report,
    )
    return counted.message


def _take_partner_count(work: Work) -> str:
    def report(step: Step, line: str) -> None:
        work.say(f"{step.value}: {line}")

    counted = take_in_count(
        work.database,
        work.job.agency_id,
        work.job.subject,
        backups=backup_target(work.settings),
        report=report,
    )
    return counted.message


def _compute_report(work: Work) -> None:
    compute_report(
        work.database,
        work.job.agency_id,
        work.job.subject,
        before_wave_id=work.job.arguments["before_wave_id"],
        after_wave_id=work.job.arguments["after_wave_id"],
        breakdown=work.job.arguments.get("breakdown"),
    )


def _make_export(work: Work) -> None:
    key = work.job.agency_id, work.job.subject
    make_export(work.database, *key, work.say, base_url=work.settings.base_url)


def _remove_export(work: Work) -> None:
    remove_export(work.database, work.job.agency_id, work.job.subject)


def _erase_answers(work: Work) -> str:
    initiative = work.job.agency_id, work.job.subject
    return erase_initiative(
        work.database, work.keys(), initiative, backup_target(work.settings), work.say
    )


def _expire_backups(work: Work) -> str:
    initiative = work.job.agency_id, work.job.subject
    return expire_backups(work.database, initiative, backup_target(work.settings), work.say)


def _delete_texts(work: Work) -> str:
    wave = work.job.agency_id, work.job.subject
    return delete_due_texts(work.database, wave, backup_target(work.settings), work.say)


def _expire_text_backups(work: Work) -> str:
    wave = work.job.agency_id, work.job.subject
    deleted_at = datetime.fromisoformat(work.job.arguments["deleted_at"])
    backups = backup_target(work.settings)
    return expire_text_backups(work.database, wave, deleted_at, backups, work.say)


def _scrub_quotes(work: Work) -> None:
    scrub_quotes(work.database)


def _forget_keys(work: Work) -> None:
    forget_keys(work.database, work.keys(), work.job.agency_id, work.job.subject)


@dataclass(frozen=True, slots=True)
class JobKind:
    """What is done for a kind of job, and whether it takes the keys that open waves.

    Its last words, if it has any, stay with the job as its progress.
    """

    do: Do
    needs_count_keys: bool = False


JOB_KINDS: Final[Mapping[str, JobKind]] = {
    "open_wave": JobKind(_open_wave, needs_count_keys=True),
    "end_fieldwork": JobKind(_end_fieldwork),
    "close_wave": JobKind(_close_wave),
    "count_wave": JobKind(_count_wave, needs_count_keys=True),
    "take_partner_count": JobKind(_take_partner_count),
    "compute_report": JobKind(_compute_report),
    "make_export": JobKind(_make_export),
    "remove_export": JobKind(_remove_export),
    "erase_answers": JobKind(_erase_answers, needs_count_keys=True),
    "expire_backups": JobKind(_expire_backups),
    "delete_texts": JobKind(_delete_texts),
    "expire_text_backups": JobKind(_expire_text_backups),
    "scrub_quotes": JobKind(_scrub_quotes),
    "forget_keys": JobKind(_forget_keys, needs_count_keys=True),
}


@dataclass(frozen=True, slots=True)
class Ended:
    """A job this worker is done with; the problem says why it is not done for good."""

    kind: str
    subject: str
    problem: str | None


class Worker:
    """Does jobs one after another. Several workers, in several processes, share one queue."""

    def __init__(
        self,
        database: Database,
        settings: WorkerSettings,
        count_keys: CountKeyStore | None,
        lease: timedelta = LEASE,
    ) -> None:
        self.name = f"{socket.gethostname()[:LONGEST_HOST]}:{os.getpid()}:{new_id()}"
        self.kinds = [
            name
            for name, kind in JOB_KINDS.items()
            if count_keys is not None or not kind.needs_count_keys
        ]
        self._database = database.acting_as("rapport_claim")
        self._settings = settings
        self._count_keys = count_keys
        self._lease = lease
        self._stop = threading.Event()
        self._looked_on: date | None = None

    def stop(self) -> None:
        """Take no new job; leave the present one at its next word of progress, or at its end."""
        self._stop.set()

    def show_metrics(self) -> Callable[[], None]:
        """Where the settings name an address; what is returned ends it."""
        if not self._settings.metrics_address:
            return lambda: None
        metrics = WorkerMetrics(self._database, self._settings.backup_folder)
        return start_metrics(self._settings.metrics_address, metrics)

    def retry_failed(self) -> int:
        return retry_failed(self._database, self.kinds, clock.now())

    def run(self) -> None:
        self._take_up_kept_keys()
        while not self._stop.is_set():
            try:
                self._look_what_is_due()
                pause = 0.0 if self._do_next() else IDLE_SECONDS
            except Unavailable as exc:
                _log.warning("%s", exc.message)
                pause = DOWN_SECONDS
            self._stop.wait(pause)

    def run_until_empty(self) -> list[Ended]:
        """Do what is due now, and what that asks for in turn."""
        ended: list[Ended] = []
        while (job := self._do_next()) is not None:
            ended.append(job)
        return ended

    def _take_up_kept_keys(self) -> None:
        """A key that was kept because there was no backup folder goes once there is one."""
        if self._settings.backup_folder is not None:
            with self._database.acting_as("rapport_operator").writing() as session:
                count_kept_keys_again(session)

    def _look_what_is_due(self) -> None:
        """Once a day, and when it starts. Answers are never erased by themselves, texts are."""
        today = clock.now().date()
        if self._looked_on != today:
            whole = self._database.acting_as("rapport_operator")
            for line in tell_due(whole):
                _log.warning("%s", line)
            ask_for_due(whole, today)
            with whole.writing() as session:
                forget_unknown_addresses(session)
                forget_old_replies(session)
            clear_scratch(clock.now() - KEPT)
            self._looked_on = today

    def _do_next(self) -> Ended | None:
        job = claim(self._database, self.kinds, self.name, clock.now(), self._lease)
        if job is None:
            return None
        started = time.monotonic()
        problem = self._do(job)
        took = time.monotonic() - started
        told = "done" if problem is None else problem
        _log.info("%s %s: %s (%.1f s)", job.kind, job.subject, told, took)
        return Ended(job.kind, job.subject, problem)

    def _do(self, job: ClaimedJob) -> str | None:
        """Returns the problem, if there was one."""
        kept = KeptLease(self._database, job, self._stop, self._lease)
        own = self._database.acting_as("rapport_staff", job.agency_id)
        work = Work(job, own, self._settings, kept.say, self._count_keys)
        try:
            with kept:
                last_words = JOB_KINDS[job.kind].do(work)
        except Interrupted:
            _settle(partial(put_back, self._database, job, clock.now()))
            return "interrupted, and left to the next worker"
        except AppError as exc:
            in_vain = isinstance(exc, _ASKED_IN_VAIN) and not isinstance(exc, TooEarly)
            self._fail(job, exc.kept, is_final=in_vain)
            return exc.message
        except Exception as exc:  # noqa: BLE001 - a broken job must not end the worker
            broken = _told(exc)
            self._fail(job, broken.kept())
            return broken.told_in(SOURCE_LANGUAGE)
        _settle(partial(finish, self._database, job, last_words))
        return None

    def _fail(self, job: ClaimedJob, problem: str, *, is_final: bool = False) -> None:
        _settle(partial(fail, self._database, job, problem, clock.now(), is_final=is_final))


class JobFailed(AppError):
    """A job that had to be done now was not; the message is the job's problem."""

    code = "job_failed"


def run_until_empty(database: Database, settings: WorkerSettings) -> None:
    """Do what is due in this process, for an example that cannot go on without it."""
    for job in Worker(database, settings, _count_keys(settings)).run_until_empty():
        if job.problem is not None:
            raise JobFailed(f"The job {job.kind} was not done: {job.problem}")


def prepare_worker(settings: WorkerSettings, *, with_count_keys: bool = True) -> Worker:
    """Refuses where the database or the count key store do not fit."""
    backup_target(settings)
    keys = _count_keys(settings) if with_count_keys else None
    database = Database(
        settings.database_url, pool_size=POOL_SIZE, statement_seconds=STATEMENT_SECONDS
    )
    refuse_other_schema(database)
    return Worker(database, settings, keys)


def _count_keys(settings: WorkerSettings) -> CountKeyStore:
    return CountKeyStore(settings.count_key_store, settings.count_master_file)


def _settle(write: Callable[[], bool]) -> None:
    """A job whose end cannot be written is claimed again, which is safe, only wasteful."""
    for _ in range(SETTLE_TRIES):
        try:
            write()
        except Unavailable:
            time.sleep(1)
        else:
            return


def _told(exc: Exception) -> Phrase:
    """Where it broke and nothing more: the words of an error may hold somebody's answers."""
    place = "?"
    for frame in extract_tb(exc.__traceback__):
        path = Path(frame.filename)
        if path.is_relative_to(_PROGRAM):
            place = f"{path.relative_to(_PROGRAM)}:{frame.lineno}"
    return Phrase("jobs.broke", error=type(exc).__name__, place=place)
