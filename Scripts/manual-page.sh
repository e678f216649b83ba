#!/bin/sh
# Prints the manual page of the command, made of its own help texts: every verb, as `--help` shows it.
#
#   sh Scripts/manual-page.sh .build/release/solvency > solvency.1
set -eu
tool=$1
COLUMNS=80
export COLUMNS

# Text as it stands: backslashes, hyphens and leading periods mean nothing.
plain() { sed -e 's/\\/\\e/g' -e 's/-/\\-/g' -e "s/^\\([.']\\)/\\\\\&\\1/"; }

# The names of the verbs below one, from its help.
verbs() {
  "$tool" "$@" --help | awk '/^SUBCOMMANDS:/ { inside = 1; next } inside && /^$/ { exit }
    inside && /^  [a-z]/ && $1 != "help" { print $1 }'
}

section() {
  printf '.SH "%s"\n.nf\n' "$(printf '%s' "$*" | tr '[:lower:]' '[:upper:]')"
  "$tool" "$@" --help | plain
  printf '.fi\n'
}

printf '.TH SOLVENCY 1 "" "solvency %s"\n' "$("$tool" --version)"
printf '.SH NAME\nsolvency \\- prove that a hidden book meets a published margin rule, and verify such proofs\n'
printf '.SH SYNOPSIS\n.B solvency\n.I verb\n[options]\n.SH DESCRIPTION\n.nf\n'
"$tool" --help | plain
printf '.fi\n'
for verb in $(verbs); do
  section "$verb"
  for inner in $(verbs "$verb"); do section "$verb" "$inner"; done
done
