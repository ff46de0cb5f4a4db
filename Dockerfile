# hexin in a container: `docker build -t hexin .`; compose.yaml runs it, docs/operations.md tells how.
# The Python and the Debian of both stages are the same, so that the folder of the first runs in
# the second.
ARG BASE=python:3.11-slim-trixie

FROM ${BASE} AS build
WORKDIR /src
RUN python -m venv /opt/hexin
# What we depend on changes seldom: a layer of its own. Versions and hashes are those of the lock.
COPY requirements.lock ./
RUN /opt/hexin/bin/python -m pip install --no-cache-dir --require-hashes --only-binary=:all: -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY digest ./digest
COPY storage ./storage
COPY handlers ./handlers
COPY bot ./bot
RUN /opt/hexin/bin/python -m pip install --no-cache-dir --no-index --no-deps --no-build-isolation . \
    && /opt/hexin/bin/python -m pip uninstall --yes setuptools pip

FROM ${BASE}
# `hexin backup` on PostgreSQL calls pg_dump; nothing in here installs or builds afterwards.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/* \
    && python -m pip uninstall --yes --root-user-action=ignore pip setuptools wheel \
    && groupadd --gid 10001 hexin \
    && useradd --uid 10001 --gid hexin --home-dir /data --no-create-home --shell /usr/sbin/nologin hexin \
    && install --directory --owner=hexin --group=hexin --mode=0700 /data
COPY --from=build /opt/hexin /opt/hexin
# /data is all that is kept and, beside /tmp, all that is written: the root may be read-only.
ENV PATH=/opt/hexin/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MPLCONFIGDIR=/tmp/matplotlib \
    DATA_DIR=/data \
    WEB_HOST=0.0.0.0 \
    PORT=8080 \
    METRICS_PORT=9100
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
# On the port of its own, since only some roles serve pages.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import http.client, os; asked = http.client.HTTPConnection('127.0.0.1', int(os.environ['METRICS_PORT']), timeout=4); asked.request('GET', '/healthz'); raise SystemExit(asked.getresponse().status != 200)"]
ENTRYPOINT ["hexin"]
CMD ["run"]
