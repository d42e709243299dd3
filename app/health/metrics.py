"""Metrics in the format of Prometheus, at an address of their own that no resident reaches."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client import start_http_server as serve_metrics
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app import clock
from app.db import Database
from app.errors import Misconfigured, Unavailable
from app.health import store
from app.health.readiness import Readiness
from app.health.request_counts import RequestCounts

STEP_BYTES: Final = 16 * 1024 * 1024  # of sealed sheets, some eight thousand


def start_metrics(address: str, *collectors: Collector) -> Callable[[], None]:
    """Answer at HOST:PORT until what is returned is called."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal():
        raise Misconfigured("RAPPORT_METRICS_ADDRESS must be HOST:PORT, such as 127.0.0.1:9464.")
    registry = CollectorRegistry(auto_describe=False)
    for collector in collectors:
        registry.register(collector)
    registry.register(OwnProcess())
    PlatformCollector(registry=registry)
    try:
        server, thread = serve_metrics(int(port), host.strip("[]"), registry)
    except (OSError, OverflowError) as exc:
        raise Misconfigured(
            f"Metrics cannot be shown at {address}: {exc}. Choose another RAPPORT_METRICS_ADDRESS."
        ) from exc

    def stop() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return stop


class OwnProcess(Collector):
    """Memory in steps, and the start.

    To who reads them every few seconds, processor time and open connections would tell when
    somebody answered, and so would the last bytes of memory and disk.
    """

    def __init__(self) -> None:
        self._whole = ProcessCollector(registry=None)

    def collect(self) -> Iterator[Metric]:
        for metric in self._whole.collect():
            value = metric.samples[0].value
            if metric.name == "process_resident_memory_bytes":
                yield GaugeMetricFamily(metric.name, "Memory held.", value=in_steps(value))
            elif metric.name == "process_start_time_seconds":
                yield metric


def in_steps(size: float) -> int:
    return int(size) // STEP_BYTES * STEP_BYTES


class WebMetrics(Collector):
    def __init__(self, counts: RequestCounts, readiness: Callable[[], Readiness]) -> None:
        self._counts = counts
        self._readiness = readiness

    def collect(self) -> Iterator[Metric]:
        requests = CounterMetricFamily(
            "rapport_requests",
            "Requests by kind of page and outcome; those of residents in full hundreds.",
            labels=["pages", "outcome"],
        )
        slow = CounterMetricFamily(
            "rapport_slow_requests",
            "Requests of half a second and more; those of residents when a hundred is full.",
            labels=["pages"],
        )
        for told in self._counts:
            slow.add_metric([told.pages], told.slow)
            for outcome in ("answered", "refused", "failed"):
                requests.add_metric([told.pages, outcome], told.outcomes.get(outcome, 0))
        yield requests
        yield slow
        problems = self._readiness().problems()
        ready = GaugeMetricFamily(
            "rapport_ready", "1 where an answer could be stored now.", labels=["part"]
        )
        for part in ("database", "disk", "keys"):
            ready.add_metric([part], float(part not in problems))
        yield ready


class WorkerMetrics(Collector):
    def __init__(self, database: Database, backup_folder: Path | None) -> None:
        self._database = database
        self._backup_folder = backup_folder

    def collect(self) -> Iterator[Metric]:
        yield from self._jobs()
        folders = {"backups": self._backup_folder}
        if self._database.is_sqlite:
            folders["database"] = Path(str(self._database.url.database)).parent
        free = GaugeMetricFamily("rapport_disk_free_bytes", "Room left.", labels=["folder"])
        for name, folder in folders.items():
            if folder is not None and folder.is_dir():
                free.add_metric([name], in_steps(shutil.disk_usage(folder).free))
        yield free

    def _jobs(self) -> Iterable[Metric]:
        jobs = GaugeMetricFamily(
            "rapport_jobs", "Jobs by kind and state.", labels=["kind", "state"]
        )
        waits = GaugeMetricFamily(
            "rapport_job_wait_seconds", "How long the oldest job that is due has waited."
        )
        is_up = GaugeMetricFamily("rapport_database_up", "1 where the database answers.")
        try:
            with self._database.acting_as("rapport_claim").reading() as session:
                counted, now = store.job_counts(session), clock.now()
                oldest = store.oldest_due(session, now)
        except Unavailable:
            is_up.add_metric([], 0)
            return [is_up]
        is_up.add_metric([], 1)
        for kind, state, number in counted:
            jobs.add_metric([kind, state], number)
        waits.add_metric([], 0 if oldest is None else (now - oldest).total_seconds())
        return [is_up, jobs, waits]
