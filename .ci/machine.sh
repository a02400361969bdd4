# What the commands in this folder share: interpreters, packages of the machine, environments.
# Sourced, not run. Everything it says goes to stderr.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
export PATH="${PATH:-/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}"
export HOME="${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}"
export LC_ALL=C.UTF-8 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1
export UV_SYSTEM_CERTS=1 UV_NATIVE_TLS=1 # certificates that this machine trusts, as pip does
# PYTHONDONTWRITEBYTECODE would have every process compile all that it imports, again and again.
unset PYTHONPATH PYTHONHOME PYTHONSTARTUP VIRTUAL_ENV PYTHONDONTWRITEBYTECODE

say() { printf '%s\n' "== $*" >&2; }

die() {
    printf '%s\n' "error: $*" >&2
    exit 1
}

# install_packages NAME... : Debian packages, as root or with sudo.
install_packages() {
    command -v apt-get >/dev/null || die "install by hand, there is no apt-get here: $*"
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || die "install as root, there is no sudo here: $*"
        as_root=(sudo)
    fi
    say "installing $*"
    {
        "${as_root[@]}" apt-get update -qq || say "the package lists could not be refreshed"
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get install -qq -y --no-install-recommends "$@" ||
            die "apt-get could not install: $*"
    } >&2
}

# python_of COMMAND : prints the interpreter behind it, if it really runs and is 3.11 or newer.
# A version manager's stand-in may be on the PATH and yet refuse to run.
python_of() {
    "$1" -c 'import sys
if sys.version_info < (3, 11): sys.exit(1)
print(sys.executable)' 2>/dev/null
}

# find_python VERSION : prints the path of an interpreter of that version, such as 3.11.
find_python() {
    local version=$1 candidate path
    for candidate in "python$version" python3 \
        /usr/local/bin/"python$version" /usr/bin/"python$version" \
        "$HOME"/.pyenv/versions/"$version".*/bin/"python$version" \
        "${PYENV_ROOT:-/opt/pyenv}"/versions/"$version".*/bin/"python$version" \
        "$HOME"/.local/share/uv/python/cpython-"$version".*/bin/"python$version" \
        /opt/python/"$version"*/bin/"python$version"; do
        path=$(python_of "$candidate") || continue
        [ "$("$path" -c 'import sys; print("%d.%d" % sys.version_info[:2])')" = "$version" ] || continue
        printf '%s\n' "$path"
        return 0
    done
    return 1
}

# create_env PYTHON FOLDER : a new virtual environment, with what Debian leaves out put in first.
create_env() {
    if ! "$1" -c 'import ensurepip, venv' 2>/dev/null; then
        local version
        version=$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        install_packages "python$version-venv"
    fi
    rm -rf "$2"
    "$1" -m venv "$2" >&2
}

# checksum TEXT... : of the arguments and of the files among them.
checksum() {
    local item
    for item in "$@"; do
        if [ -f "$item" ]; then cat "$item"; else printf '%s\n' "$item"; fi
    done | sha256sum | cut -d' ' -f1
}

# up_to_date FOLDER SUM : whether the environment was finished from what has this checksum.
up_to_date() { [ -x "$1/bin/python" ] && [ "$(cat "$1/made-from" 2>/dev/null)" = "$2" ]; }
