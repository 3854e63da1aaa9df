# One image for every process of Greenlight; compose.yaml names their commands.
#
#   web        the default: pages, behind nginx (kling_web/nginx.conf.template)
#   live       python -m kling_web.serve: streams for open pages, or the whole of a small installation
#   worker     celery -A kling_web worker …
#   once       python manage.py migrate --no-input
#   simulator  python manage.py simulate_kling …
#
# Data lives in /data; README.md has the settings.

FROM python:3.11-slim-bookworm AS builder
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
COPY requirements.txt /
RUN /opt/venv/bin/pip install --require-hashes -r /requirements.txt

FROM python:3.11-slim-bookworm
RUN groupadd --system --gid 10001 greenlight \
    && useradd --system --uid 10001 --gid greenlight --home-dir /app --no-create-home greenlight \
    && install -d -o greenlight -g greenlight /data /data/media
COPY --from=builder /opt/venv /opt/venv
WORKDIR /app
# Our files belong to root, so a process that is taken over cannot change what it runs.
COPY manage.py ./
COPY templates templates
COPY static static
COPY kling_web kling_web
COPY storyboard storyboard
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    STATIC_ROOT=/app/static-collected \
    VAR_DIR=/data \
    HOST=0.0.0.0 \
    PORT=8000
# With a key for this one command: the image holds none.
RUN SECRET_KEY=only-for-the-build VAR_DIR=/tmp/build python manage.py collectstatic --no-input \
    && rm -rf /tmp/build
USER 10001:10001
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-m", "storyboard.management.healthy"]
CMD ["gunicorn", "-c", "python:kling_web.gunicorn_conf", "kling_web.wsgi:application"]
