#!/bin/bash
# as-user.sh USERS TUN PROGRAM-FOLDER COMMAND...: runs a command as an ordinary user of a machine of
# its own making: USERS is `many` or `one` (whether the user has subordinate numbers), TUN `open` or
# `closed`. Nothing of it is seen outside.
exec unshare -m bash -c '
set -e
users=$1 tun=$2 programs=$3
shift 3
mount --make-rprivate /
place=/mnt
mount -t tmpfs -o mode=755 none "$place"
for file in passwd group subuid subgid; do
  [ -e "/etc/$file" ] || exit 77
  cp "/etc/$file" "$place/$file"
done
echo "player:x:4321:4321::/nonexistent:/bin/sh" >> "$place/passwd"
echo "player:x:4321:" >> "$place/group"
for file in subuid subgid; do
  if [ "$users" = many ]; then echo "player:300000:65536" > "$place/$file"; else : > "$place/$file"; fi
done
for file in passwd group subuid subgid; do mount --bind "$place/$file" "/etc/$file"; done
mknod "$place/tun" c 10 200
if [ "$tun" = open ]; then chmod 666 "$place/tun"; else chmod 600 "$place/tun"; fi
mount --bind "$place/tun" /dev/net/tun
if [ -e /dev/fuse ]; then
  mknod -m 666 "$place/fuse" c 10 229
  mount --bind "$place/fuse" /dev/fuse
fi
mkdir "$place/programs"
mount --bind "$programs" "$place/programs"
PROGRAMS="$place/programs" exec setpriv --reuid=4321 --regid=4321 --clear-groups "$@"
' _ "$@"
