# Two stages: build the wheel, then run it as an ordinary user. tests/test_dockerfile.py runs these commands.
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
COPY requirements.txt requirements-dev.txt pyproject.toml README.md LICENSE CHANGELOG.md ./
COPY bot bot
COPY handlers handlers
COPY kb kb
RUN python -m venv /opt/build && /opt/build/bin/pip install --no-cache-dir --require-hashes -r requirements-dev.txt
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /dist .
RUN python -m venv /opt/diagnost && /opt/diagnost/bin/pip install --no-cache-dir --require-hashes -r requirements.txt
RUN /opt/diagnost/bin/pip install --no-cache-dir --no-deps /dist/diagnost-*.whl

FROM python:3.11-slim-bookworm
# tesseract reads customers' screenshots.
RUN apt-get update \
    && apt-get install -y --no-install-recommends tesseract-ocr tesseract-ocr-rus fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /data --create-home diagnost
COPY --from=build /opt/diagnost /opt/diagnost
COPY --from=build --chown=diagnost /src/kb /kb
ENV PATH=/opt/diagnost/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DATABASE_PATH=/data/diagnost.sqlite3 \
    KB_DIR=/kb \
    HEALTH_LISTEN=127.0.0.1:8080 \
    LOG_FORMAT=json
USER diagnost
WORKDIR /data
# /data keeps the conversations; mount your own articles over /kb.
VOLUME ["/data", "/kb"]
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request, os; urllib.request.urlopen('http://' + os.environ['HEALTH_LISTEN'] + '/readyz', timeout=4)"]
RUN ["diagnost", "--help"]
RUN ["diagnost", "kb", "check"]
STOPSIGNAL SIGTERM
CMD ["diagnost", "run"]
