#!/bin/sh
# Makes the namespace; safe to repeat. The search attributes are added by our own `migrate`, which knows them.
# The CLI reads TEMPORAL_ADDRESS itself, but not every command reads TEMPORAL_NAMESPACE.
set -eu

wait_for() {
  attempts=60
  until "$@" >/dev/null 2>&1; do
    attempts=$((attempts - 1))
    [ "$attempts" -gt 0 ] || { echo "gave up: $*" >&2; exit 1; }
    sleep 2
  done
}

wait_for temporal operator cluster health
temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$TEMPORAL_RETENTION"
# What has just been made is not known everywhere at once.
wait_for temporal operator search-attribute list --namespace "$TEMPORAL_NAMESPACE"
