# Two stages: the first installs, the second holds what runs and nothing else.
FROM python:3.11.14-slim-trixie AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
RUN python -m venv /opt/rapport
COPY requirements.lock ./
RUN /opt/rapport/bin/pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY analysis analysis
COPY app app
COPY migrations migrations
COPY surveys surveys
RUN /opt/rapport/bin/pip wheel --no-deps --no-build-isolation --wheel-dir dist .
RUN /opt/rapport/bin/pip install --no-deps --no-index --find-links dist rapport
# What built the wheel, and what installs, is not needed again.
RUN /opt/rapport/bin/pip uninstall --yes editables hatchling pathspec pluggy trove-classifiers pip

# pg_dump and pg_restore make and prove the backups. Debian packs them with perl, which they do not
# need: only the two programs are taken along, and must start.
FROM python:3.11.14-slim-trixie AS postgres-client
RUN apt-get update && apt-get install -y --no-install-recommends postgresql-client-17

FROM python:3.11.14-slim-trixie
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpq5 liblz4-1 libzstd1 zlib1g \
    && rm -rf /var/lib/apt/lists/*
COPY --from=postgres-client /usr/lib/postgresql/17/bin/pg_dump \
    /usr/lib/postgresql/17/bin/pg_restore /usr/local/bin/
RUN pg_dump --version && pg_restore --version
RUN groupadd --gid 10001 rapport \
    && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin rapport \
    && install -d -m 0700 -o rapport -g rapport \
        /var/lib/rapport /var/lib/rapport/web-keys /var/lib/rapport/count-keys \
        /var/lib/rapport/backups
COPY --from=build /opt/rapport /opt/rapport
ENV PATH=/opt/rapport/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
WORKDIR /var/lib/rapport
USER 10001:10001
EXPOSE 8000
ENTRYPOINT ["rapport"]
CMD ["serve", "--host", "0.0.0.0"]
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
