# One image for every process of Greenlight. Commands:
#   web      the default: pages, behind a proxy that buffers uploads and ends TLS
#   worker   celery -A kling_web worker -P threads --concurrency 2 --without-mingle --without-gossip
#   live     python -m kling_web.serve --host 0.0.0.0 --port 8000   (asynchronous, needs no proxy)
#   once     python manage.py migrate
# Data lives in the volume /data (settings: README.md).

FROM python:3.11-slim AS builder
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
COPY requirements.txt .
RUN /opt/venv/bin/pip install --require-hashes -r requirements.txt

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /app greenlight \
    && install -d -o greenlight -g greenlight /app /data
COPY --from=builder /opt/venv /opt/venv
WORKDIR /app
COPY --chown=greenlight:greenlight . .
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    STATIC_ROOT=/app/static-collected \
    VAR_DIR=/data
USER greenlight
RUN SECRET_KEY=only-for-the-build VAR_DIR=/tmp/build python manage.py collectstatic --no-input \
    && rm -rf /tmp/build
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-m", "storyboard.management.healthy"]
CMD ["gunicorn", "kling_web.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "8", "--worker-tmp-dir", "/dev/shm", "--graceful-timeout", "3"]
