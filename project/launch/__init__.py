"""The launcher: the environment, the embedded services, the demonstration and the tests, with one command each.

Everything here that runs before the packages are installed uses the standard library only. Modules:
`console` (what the terminal shows), `bootstrap` (the environment), `places` (where things lie), `keys` (generated
passwords), `processes` (whose process is this), `embedded_postgres` and `embedded_redis`, `services` (the two
together, or the ones DATABASE_URL and REDIS_URL name), `demo` (the supervisor) and `testing`.
"""
