# One container with the whole service: doors, workers, SQLite and files in /var/lib/lathe.
FROM python:3.13-slim

RUN useradd --create-home --uid 10001 lathe \
    && install -d -o lathe -g lathe -m 0700 /var/lib/lathe

WORKDIR /opt/lathe
COPY requirements/runtime.txt requirements/runtime.txt
RUN pip install --no-cache-dir --require-hashes -r requirements/runtime.txt

COPY . .
# Compiled kernels and byte code are tied to the times of their sources; layers keep whole seconds only.
RUN find . -name '*.py' -exec touch -d '2026-01-01 00:00:00 UTC' {} + \
    && python -m compileall -q bots core dsp storage

ENV LATHE_HOME=/var/lib/lathe \
    LATHE_WEB_BIND=0.0.0.0:8080 \
    NUMBA_CACHE_DIR=/home/lathe/.cache/numba \
    PYTHONUNBUFFERED=1
USER lathe
RUN python -m bots warm

VOLUME /var/lib/lathe
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/livez', timeout=4)"]
ENTRYPOINT ["python", "-m", "bots"]
CMD ["run"]
