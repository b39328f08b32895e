# Installs the packages on a throw-away copy of this machine and uses them as an administrator would. Run inside it by
# `xtask/src/dist/trial.rs`, with the packages in /packages and loopback as the only network.
set -eu

# When a line fails, the last ones are shown with what they printed.
exec 3>&2 2>/tmp/trace
set -x
trap '[ $? = 0 ] || { tail -n 15 /tmp/trace /tmp/serve.log >&3; }' EXIT

say() { echo "trial: $1"; }

cd /
dpkg --install /packages/desksided_*.deb /packages/deskside_*.deb >/tmp/install.log 2>&1 || {
  cat /tmp/install.log
  exit 1
}
grep -q 'systemd does not run here' /tmp/install.log
say "both packages are installed, their dependencies are met"

# The server: its files, its user, its unit.
systemd-analyze verify /usr/lib/systemd/system/desksided.service
systemd-analyze security --offline=true --threshold=20 /usr/lib/systemd/system/desksided.service >/tmp/security.log || {
  tail -1 /tmp/security.log
  exit 1
}
[ "$(systemctl is-enabled desksided.service)" = enabled ]
[ "$(stat --format '%U %a' /var/lib/desksided)" = 'desksided 700' ]
[ "$(getent passwd desksided | cut -d: -f7)" = /usr/sbin/nologin ]
grep -q '^desksided contains the work of others' /usr/share/doc/desksided/third-party.txt
say "the unit is sound and starts with the machine, the data is its user's alone"

# Started as the unit does it. What it is run by is told when it is ready: here a file in place of systemd's socket.
. /etc/default/desksided
runuser -u desksided -- /usr/bin/desksided serve --data /var/lib/desksided $DESKSIDED_OPTIONS >/tmp/serve.log 2>&1 &
server=$!
for _ in $(seq 600); do
  ! grep -q '^listening on' /tmp/serve.log || break
  kill -0 $server || { cat /tmp/serve.log; exit 1; }
  sleep 0.1
done
grep -q '^listening on https://.*:8443$' /tmp/serve.log
grep -q '^set up by opening this link once: https://.*:8443/set-up#.*&pin=[0-9a-f]*$' /tmp/serve.log
runuser -u desksided -- /usr/bin/desksided setup-link --data /var/lib/desksided | grep -q '^https://.*/set-up#.*&pin='
say "the server runs and prints its address and the link that sets it up"

NODE_EXTRA_CA_CERTS=/var/lib/desksided/tls/ca.pem node - <<'JS'
const { createHash } = require('node:crypto')
const { readFileSync, readdirSync } = require('node:fs')
const assert = require('node:assert')
const at = (path, accept) => fetch(`https://localhost:8443${path}`, { headers: { accept } })
const main = async () => {
  assert.equal(await (await at('/readyz', '*/*')).text(), 'ok\n')
  assert.match(await (await at('/', 'text/html')).text(), /<div id="root">/)
  const page = await (await at('/download', 'text/html')).text()
  assert.match(page, /sudo apt install/)
  const offers = await (await at('/download', 'application/json')).json()
  assert.equal(offers.length, 2)
  for (const { name, bytes, fits } of offers) {
    assert.ok(fits, `${name} is of the server's version`)
    const got = Buffer.from(await (await at(`/download/${name}`, '*/*')).arrayBuffer())
    assert.equal(got.length, bytes)
    const hash = (data) => createHash('sha256').update(data).digest('hex')
    const packed = readdirSync('/packages').find((one) => one === name)
    assert.equal(hash(got), hash(readFileSync(`/packages/${packed}`)), `${name} arrives whole`)
  }
}
main().catch((error) => { console.error(error); process.exit(1) })
JS
say "it serves its pages and offers the app that fits"
kill $(pgrep -u desksided -x desksided)
wait $server || true

# The app: found by the desktop, opens its addresses, waits in the tray after a login.
for entry in /usr/share/applications/deskside.desktop /etc/xdg/autostart/deskside.desktop; do
  desktop-file-validate $entry
  [ -x "/usr/bin/$(sed -n 's/^Exec=\([^ ]*\).*/\1/p' $entry | head -1)" ]
done
update-desktop-database /usr/share/applications
grep -q '^x-scheme-handler/deskside=deskside.desktop;' /usr/share/applications/mimeinfo.cache
grep -q '^Exec=deskside --tray$' /etc/xdg/autostart/deskside.desktop
for size in 32 128 256 512; do
  file "/usr/share/icons/hicolor/${size}x$size/apps/deskside.png" | grep -q "$size x $size"
done
deskside --version | grep -q '^deskside '
say "the app has its entry, icon, addresses and autostart"

dpkg --remove desksided deskside >/tmp/remove.log 2>&1
[ ! -e /usr/bin/desksided ] && [ ! -e /usr/share/applications/deskside.desktop ]
[ -e /var/lib/desksided/deskside.db ]
[ "$(systemctl is-enabled desksided.service 2>/dev/null || true)" != enabled ]
dpkg --purge desksided deskside >/tmp/purge.log 2>&1
[ ! -e /etc/default/desksided ] && [ ! -e /etc/xdg/autostart/deskside.desktop ]
[ -e /var/lib/desksided/deskside.db ]
grep -q 'still in /var/lib/desksided' /tmp/purge.log
say "removed again; the data is still there, and the administrator is told so"

# A first installation where systemd runs. Here a stand-in starts the unit's program and returns when that says it is
# ready, as `systemctl restart` does with a unit of this type.
rm -r /var/lib/desksided
mkdir -p /run/systemd/system /tmp/stand-in
cat >/tmp/stand-in/systemctl <<'SH'
#!/bin/sh
echo "$*" >>/tmp/systemctl.log
[ "$*" = 'restart desksided.service' ] || exit 0
[ ! -e /tmp/port-is-taken ] || exit 1
. /etc/default/desksided
runuser -u desksided -- /usr/bin/desksided serve --data /var/lib/desksided $DESKSIDED_OPTIONS >/tmp/unit.log 2>&1 &
for _ in $(seq 600); do
  ! grep -q '^listening on' /tmp/unit.log || exit 0
  sleep 0.1
done
exit 1
SH
chmod +x /tmp/stand-in/systemctl
PATH=/tmp/stand-in:$PATH dpkg --install /packages/desksided_*.deb >/tmp/first.log 2>&1
grep -q '^Type=notify' /usr/lib/systemd/system/desksided.service
grep -q '^daemon-reload$' /tmp/systemctl.log
grep -q '^It answers at https://[^/]*:8443/$' /tmp/first.log
link=$(sed -n 's/^  \(https:.*\)$/\1/p' /tmp/first.log)
echo "$link" | grep -q '^https://[^/]*:8443/set-up#.*&pin=[0-9a-f]\{64\}$'
NODE_EXTRA_CA_CERTS=/var/lib/desksided/tls/ca.pem LINK=$link node - <<'JS'
const assert = require('node:assert')
const main = async () => {
  const link = new URL(process.env.LINK)
  const [secret, pin] = link.hash.slice(1).split('&pin=')
  const at = (path, body) => fetch(`https://localhost:8443/api/v1${path}`, body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  const hello = await (await at('/hello')).json()
  assert.deepEqual([hello.set_up, hello.pin], [false, pin])
  const founder = { secret, org: 'Trial', zone: 'Europe/Berlin', name: 'Ada', email: 'ada@trial.example', password: 'correct horse battery', desk: 'Help' }
  assert.equal((await at('/setup', founder)).status, 200, 'the printed link sets it up')
  assert.equal((await (await at('/hello')).json()).org, 'Trial')
}
main().catch((error) => { console.error(error); process.exit(1) })
JS
kill $(pgrep -u desksided -x desksided)
say "where systemd runs, installing prints the address and a link that sets it up"

rmdir /run/systemd/system
dpkg --purge desksided >/dev/null 2>&1
mkdir -p /run/systemd/system
touch /tmp/port-is-taken
PATH=/tmp/stand-in:$PATH dpkg --install /packages/desksided_*.deb >/tmp/failed.log 2>&1
grep -q 'It could not start; `journalctl -u desksided` says why' /tmp/failed.log
grep -q 'desksided setup-link --data /var/lib/desksided' /tmp/failed.log
rmdir /run/systemd/system
dpkg --purge desksided >/dev/null 2>&1
say "a server that can't start fails no installation, and says what to do"

# The tarballs, on a machine without the packages.
for name in desksided deskside; do
  mkdir /tmp/$name.tarball
  tar -xzf /packages/$name-*-linux.tar.gz -C /tmp/$name.tarball
  /tmp/$name.tarball/*/usr/bin/$name --version | grep -q "^$name [0-9]"
  [ -s /tmp/$name.tarball/*/usr/share/doc/$name/third-party.txt ]
done
[ -n "$(find /tmp/desksided.tarball -path '*/share/desksided/downloads/deskside_*.deb')" ]
say "the tarballs hold programs that run"
