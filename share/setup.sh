# What quickstart and tests/run share: finding out which Debian packages are missing, and installing them. Sourced.

# Runs a command as root: directly, or through sudo.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        echo "icetop: must be root, or have sudo, to run: $*" >&2
        return 1
    fi
}

# need PACKAGE...: installs those that are not there and says which.
need() {
    missing=
    for package in "$@"; do
        case "$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null)" in
        "install ok installed") ;;
        *) missing="$missing $package" ;;
        esac
    done
    [ -n "$missing" ] || return 0
    echo "icetop: installing$missing"
    # shellcheck disable=SC2086 # a list of words
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null 2>&1 || {
        as_root apt-get update -qq &&
            as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
    } || {
        echo "icetop: these Debian packages are needed, and could not be installed:$missing" >&2
        return 1
    }
}

build_packages="gcc libc6-dev meson ninja-build pkg-config scdoc libncurses-dev librdkafka-dev libcurl4-openssl-dev
    libjansson-dev libyajl-dev libsqlite3-dev libevent-dev libyaml-dev libpcre2-dev libutf8proc-dev libxxhash-dev
    libdeflate-dev libprotobuf-c-dev protobuf-c-compiler libzstd-dev zlib1g-dev"

# Where build directories are made: in the checkout, or in a cache if the checkout is somebody else's. Tests hand it on.
if [ -z "${icetop_out:-}" ]; then
    icetop_out=$PWD
    if [ ! -w . ]; then
        icetop_out=${XDG_CACHE_HOME:-$HOME/.cache}/icetop-build
        echo "icetop: $PWD cannot be written, building in $icetop_out"
        mkdir -p "$icetop_out"
    fi
    export icetop_out
fi

# configure DIR [MESON OPTION...]: sets a build directory up once.
configure() {
    dir=$1
    shift
    [ -f "$dir/build.ninja" ] || meson setup "$dir" "$@" >"$dir.log" 2>&1 || {
        cat "$dir.log" >&2
        return 1
    }
    rm -f "$dir.log"
}
