#!/bin/sh
# Finds a Chromium for the browser tests, or installs Debian's where it may, and runs the command it is given.

find_chromium() {
    for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
        [ -n "$name" ] && command -v "$name" && return
    done
    return 1
}

if ! CHROMIUM=$(find_chromium) && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo 'Installing Chromium for the browser tests ...'
    apt-get update -qq >/dev/null
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
    CHROMIUM=$(find_chromium)
fi

if [ -n "$CHROMIUM" ]; then
    export CHROMIUM
    exec "$@"
fi

unset CHROMIUM
"$@"
result=$?
echo
echo '*** There is no Chromium here, so the BROWSER TESTS DID NOT RUN. ***'
echo '*** Install it (sudo apt install chromium), or say where it is: CHROMIUM=/path/to/chrome make test ***'
exit $result
