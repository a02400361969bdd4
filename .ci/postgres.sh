# A PostgreSQL of its own for the tests: on loopback, on a free port, gone at the end.
# Sourced after machine.sh.

postgres_folder=

# postgres_programs : prints the folder of a server that really runs on this machine.
postgres_programs() {
    local initdb
    for initdb in /usr/lib/postgresql/*/bin/initdb "$(command -v initdb || true)"; do
        [ -n "$initdb" ] && "$initdb" --version >/dev/null 2>&1 || continue
        dirname "$(readlink -f "$initdb")"
        return 0
    done
    return 1
}

# as_owner COMMAND... : the server refuses to run as root; then another user owns it.
as_owner() {
    if [ "$(id -u)" -ne 0 ]; then
        "$@"
    else
        runuser -u "$postgres_user" -- "$@"
    fi
}

# start_postgres PYTHON : sets RERUN_TRACE_TEST_POSTGRES.
start_postgres() {
    local programs port password
    programs=$(postgres_programs) || die "PostgreSQL is needed, and no initdb of it runs here"
    postgres_user=postgres
    id postgres >/dev/null 2>&1 || postgres_user=nobody
    postgres_folder=$(mktemp -d /tmp/rerun-trace-postgres.XXXXXX)
    port=$("$1" -c 'import socket as s; x = s.socket(); x.bind(("127.0.0.1", 0)); print(x.getsockname()[1])')
    password=$("$1" -c 'import secrets; print(secrets.token_hex(16))')
    printf '%s\n' "$password" >"$postgres_folder/password"
    [ "$(id -u)" -ne 0 ] || chown -R "$postgres_user" "$postgres_folder"
    (
        cd "$postgres_folder"
        as_owner "$programs/initdb" --pgdata=data --username=rerun_trace --pwfile=password \
            --auth=scram-sha-256 --encoding=UTF8 --locale=C --no-sync >initdb.log 2>&1 ||
            { cat initdb.log >&2 && die "PostgreSQL could not be set up"; }
        as_owner "$programs/pg_ctl" --pgdata=data --log=data/server.log --wait --silent start \
            --options="-c listen_addresses=127.0.0.1 -p $port -k $postgres_folder -c fsync=off" >&2 ||
            { cat data/server.log >&2 && die "PostgreSQL could not be started"; }
    )
    postgres_programs_folder=$programs
    export RERUN_TRACE_TEST_POSTGRES="postgresql+psycopg://rerun_trace:$password@127.0.0.1:$port/postgres"
}

stop_postgres() {
    [ -n "$postgres_folder" ] || return 0
    if [ -f "$postgres_folder/data/postmaster.pid" ]; then
        (cd "$postgres_folder" && as_owner "$postgres_programs_folder/pg_ctl" \
            --pgdata=data --mode=immediate --silent stop) >/dev/null 2>&1 || true
    fi
    rm -rf "$postgres_folder"
    postgres_folder=
}
