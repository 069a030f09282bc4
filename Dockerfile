# syntax=docker/dockerfile:1
# The pages are built in the first stage, with Node from a Python wheel; the second has neither Node nor compilers.
FROM python:3.12-slim AS build
WORKDIR /src
COPY pyproject.toml hatch_build.py README.md LICENSE requirements.lock ./
COPY api ./api
COPY spatial ./spatial
COPY gridmaps ./gridmaps
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.12-slim
# pg_dump and psql for `gridmaps db backup` and `gridmaps db restore`.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --home-dir /var/lib/gridmaps gridmaps
COPY requirements.lock /tmp/requirements.lock
COPY --from=build /wheels /wheels
RUN pip install --no-cache-dir -c /tmp/requirements.lock /wheels/*.whl && rm -rf /wheels /tmp/requirements.lock
USER gridmaps
WORKDIR /var/lib/gridmaps
ENV GRIDMAPS_HOST=0.0.0.0 \
    GRIDMAPS_PORT=8000 \
    GRIDMAPS_DIR=/var/lib/gridmaps
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s --retries=6 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
CMD ["gridmaps", "up"]
