# The image of web, worker, beat and the migration step: one image, four commands (see docker-compose.yml).

FROM node:22-slim AS face
WORKDIR /srv/loods
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --omit=dev

FROM python:3.11-slim AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/loods
COPY requirements-production.lock .
RUN /opt/loods/bin/pip install --require-hashes --no-deps -r requirements-production.lock

FROM python:3.11-slim
ENV PATH=/opt/loods/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=project.settings
RUN groupadd --system --gid 10001 loods \
    && useradd --system --uid 10001 --gid loods --no-create-home --shell /usr/sbin/nologin loods
WORKDIR /srv/loods
COPY --from=packages /opt/loods /opt/loods
COPY --from=face /srv/loods/node_modules node_modules
COPY . .
# The addresses are for the settings to be read; nothing connects while the image is made. The program belongs to root
# and its user can change nothing of it but what lies in var/.
RUN python -m project.i18n --compile \
    && SECRET_KEY=build DATABASE_URL=postgres://build@127.0.0.1:1/build python manage.py collectstatic --noinput \
    && mkdir -p var/documents var/mail var/run \
    && chown loods:loods var var/documents var/mail var/run
USER loods
EXPOSE 8000
CMD ["gunicorn", "project.wsgi:application", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", \
     "--preload", "--worker-tmp-dir", "/dev/shm", "--no-control-socket"]
