#!/usr/bin/env bash
# check_package.sh BUILD-FOLDER: makes the .deb from a finished build, installs it on a Debian 12 that has nothing else, starts
# each program there, removes it, and expects nothing to be left. Needs root, debootstrap, the network and about 1 GB; exits with
# 77 without them.
set -euo pipefail
build=$1
skip() {
    echo "$*"
    exit 77
}
[ "$(id -u)" -eq 0 ] || skip "root is needed for a system of its own"
command -v debootstrap >/dev/null || skip "debootstrap is not installed"

work=$(mktemp -d /var/tmp/lectern-package.XXXXXX)
trap 'rm -rf "$work"' EXIT
(cd "$build" && cpack -G DEB -B "$work/package" >"$work/cpack.log" 2>&1) || {
    cat "$work/cpack.log"
    exit 1
}
package=$(find "$work/package" -maxdepth 1 -name '*.deb')
if command -v lintian >/dev/null; then
    lintian --allow-root --fail-on error,warning "$package"
fi

debootstrap --variant=minbase bookworm "$work/system" >"$work/debootstrap.log" 2>&1 || {
    tail -n 5 "$work/debootstrap.log"
    skip "a clean Debian 12 could not be fetched"
}
cp "$package" "$work/system/tmp/lectern.deb"
inside() { chroot "$work/system" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 HOME=/root DEBIAN_FRONTEND=noninteractive "$@"; }
inside apt-get -y -q --no-install-recommends install /tmp/lectern.deb >"$work/install.log" 2>&1 || {
    tail -n 20 "$work/install.log"
    exit 1
}

programs=$(inside dpkg -L lectern | sed -n 's|^/usr/bin/||p')
id=org.lectern.Lectern
for part in applications/$id.desktop metainfo/$id.metainfo.xml mime/packages/$id.xml icons/hicolor/scalable/apps/$id.svg \
    icons/hicolor/symbolic/apps/$id-symbolic.svg doc/lectern/copyright bash-completion/completions/lectern-cli; do
    [ -s "$work/system/usr/share/$part" ] || { echo "not in the package: $part"; exit 1; }
done
# A minimal system leaves manual pages out: the package itself is asked.
contents=$(dpkg-deb -c "$package")
for program in $programs; do
    grep -q "/usr/share/man/man1/$program\.1\.gz" <<<"$contents" || { echo "no manual page: $program"; exit 1; }
done
if command -v desktop-file-validate >/dev/null; then
    desktop-file-validate "$work/system/usr/share/applications/$id.desktop"
fi
if command -v appstreamcli >/dev/null; then
    appstreamcli validate --no-net "$work/system/usr/share/metainfo/$id.metainfo.xml"
fi
for program in $programs; do
    case "$program" in
        lectern)
            # A window stays open until it is told to end: 124 is timeout's word that it did.
            status=0
            inside QT_QPA_PLATFORM=offscreen timeout 10 lectern >"$work/start.log" 2>&1 || status=$?
            [ "$status" -eq 124 ] || {
                cat "$work/start.log"
                echo "lectern ended with $status"
                exit 1
            }
            ;;
        *) inside "$program" --help >/dev/null ;;
    esac
    echo "$program starts"
done
[ -n "$programs" ]

inside apt-get -y -q purge lectern >/dev/null 2>&1
left=$(find "$work/system/usr" "$work/system/etc" "$work/system/var" -iname '*lectern*' -not -path '*/var/cache/apt/*' -not -path '*/var/lib/dpkg/*')
[ -z "$left" ] || {
    printf 'left behind:\n%s\n' "$left"
    exit 1
}
echo "installed, started, removed without a trace"
