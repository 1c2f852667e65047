#!/bin/sh
# Run a script with the environment's Python, else with the most suitable Python of this machine: 3.11 or newer, and
# one that can make virtual environments when there is one. Usage: python.sh SCRIPT [ARGUMENT...]
suits='import sys; sys.exit(sys.version_info < (3, 11))'
complete="import ensurepip, venv; $suits"
for test in "$complete" "$suits"; do
    for python in .venv/bin/python "$LOODS_PYTHON" python3.11 python3.12 python3 python3.13 python3.14; do
        if [ -n "$python" ] && "$python" -c "$test" >/dev/null 2>&1; then
            exec "$python" "$@"
        fi
    done
done
echo "Loods: Python 3.11 or newer is needed; install it, or set LOODS_PYTHON to where it is." >&2
exit 1
