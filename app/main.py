"""The web process: resident pages and published reports. No statistics, no count key."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.concurrency import run_in_threadpool

from app.accounts.mail import mail_server
from app.accounts.pages import router as accounts_router
from app.accounts.pages.doors import add_doors
from app.accounts.single_sign_on.provider import identity_provider
from app.api.site import LARGER_CALLS, add_api
from app.api.site import router as api_router
from app.console import LARGER_BODIES
from app.console import router as console_router
from app.db import Database
from app.exports.routes import router as exports_router
from app.exports.spent_keys import sweep_downloads
from app.health.metrics import WebMetrics, start_metrics
from app.health.readiness import Readiness
from app.health.request_counts import CountRequests, RequestCounts
from app.health.routes import router as health_router
from app.migrations import refuse_other_schema
from app.privacy.staff.attempts import AddressTags
from app.privacy.staff.one_time_codes import OneTimeCodes
from app.privacy.web_keys import WebKeyStore
from app.reports.routes import router as reports_router
from app.responses.intake import intake_writer
from app.responses.linkage.page import router as anonymity_router
from app.responses.pages import ResidentPages, resident_routes
from app.responses.pages import router as responses_router
from app.responses.pages.entry import EntryPages, entry_routes
from app.responses.pages.gate import Crowding
from app.responses.pages.spent_keys import sweep_for_good
from app.responses.tally import FieldworkTally
from app.responses.tally.writing import write_last
from app.settings import Settings
from app.web.shell import add_shell

# FastAPI can send paths, addresses and error messages to a collector named in the environment.
_NO_TELEMETRY: Final[TelemetryConfig] = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}


# By the first part of a path. The page where results will stand is what the thanks lead to.
_KINDS_OF_PAGES: Final = {
    "s": "resident",
    "results": "resident",
    "r": "result",
    "staff": "staff",
    "api": "api",
}


def create_app(settings: Settings) -> FastAPI:
    app = FastAPI(
        title="Rapport",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,  # a redirect would name the scheme wrongly behind a TLS proxy
        lifespan=_lifespan,
        telemetry=_NO_TELEMETRY,
    )
    app.state.settings = settings
    app.state.database = Database(settings.database_url, role="rapport_staff")
    app.state.mail = mail_server(settings)
    app.state.identity_provider = identity_provider(settings)
    larger = {**LARGER_BODIES, **LARGER_CALLS}
    add_shell(app, base_url=settings.base_url, larger=larger, quick=resident_routes)
    app.router.routes.extend([*resident_routes, *entry_routes])
    app.include_router(health_router)
    app.include_router(responses_router)
    app.include_router(anonymity_router)
    app.include_router(reports_router)
    app.include_router(exports_router)
    app.include_router(accounts_router)
    app.include_router(console_router)
    app.include_router(api_router)
    add_doors(app)
    if settings.metrics_address:
        app.state.request_counts = RequestCounts(_KINDS_OF_PAGES, of_residents="resident")
        app.add_middleware(CountRequests, counts=app.state.request_counts)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    database: Database = app.state.database
    refuse_other_schema(database)
    web_keys = WebKeyStore(settings.web_key_store, settings.web_master_file)
    app.state.one_time_codes = OneTimeCodes(web_keys)
    app.state.address_tags = AddressTags(web_keys.staff_key)
    app.state.readiness = Readiness(database, web_keys)
    app.state.web_keys = web_keys
    add_api(app, settings, web_keys)
    writer = intake_writer(database)
    app.state.tally = tally = FieldworkTally(database)
    crowding = Crowding(settings.address_header, settings.web_processes)
    app.state.resident_pages = ResidentPages(database, writer, tally, web_keys, crowding)
    app.state.entry_pages = EntryPages(database, writer, tally, web_keys)
    writer.start()
    stop_metrics = _start_metrics(app)
    sweeps = (sweep_for_good, sweep_downloads)
    sweepers = [asyncio.create_task(sweep(database, web_keys)) for sweep in sweeps]
    try:
        yield
    finally:
        for sweeper in sweepers:
            sweeper.cancel()
        stop_metrics()
        await run_in_threadpool(writer.stop)
        await run_in_threadpool(write_last, tally)
        if app.state.identity_provider is not None:
            app.state.identity_provider.close()
        database.dispose()


def _start_metrics(app: FastAPI) -> Callable[[], None]:
    settings: Settings = app.state.settings
    if not settings.metrics_address:
        return lambda: None
    metrics = WebMetrics(app.state.request_counts, lambda: app.state.readiness)
    return start_metrics(settings.metrics_address, metrics)
