#!/usr/bin/env bash
# Proves that a clean clone starts with the README's command, answers, stops and leaves nothing behind.
set -euo pipefail
project=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d "${TMPDIR:-/tmp}/medianest-clone.XXXXXX")
chmod 711 "$folder"
trap 'rm -rf "$folder"' EXIT
git clone --quiet "$project" "$folder/clone"
cd "$folder/clone"
export PORT="${CHECK_PORT:-18231}" HOST=127.0.0.1
unset DATABASE_URL REDIS_URL MEDIANEST_DATA MEDIANEST_VENV
python3 -m medianest.launch run --check
if pgrep -f "$folder" >/dev/null; then
  echo "Left behind:" >&2
  pgrep -af "$folder" >&2
  exit 1
fi
echo "A clean clone starts, answers on /readyz, stops, and leaves no process behind."
