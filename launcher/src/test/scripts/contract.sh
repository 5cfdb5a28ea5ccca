#!/bin/sh
# A program that knows nothing of the server that has started it, except where inetd and systemd say the connection is. It
# says its pid and waits, so that the test can look at the process in /proc. The talking is done by a subshell: this shell
# would move its own descriptors about.
in=0
out=1
[ "$LISTEN_PID" = $$ ] && in=3 && out=3
echo "to the log" >&2
(
  echo "$$"
  read -r line
  echo "bye $line"
) <&$in >&$out
exit 0
