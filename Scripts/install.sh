#!/bin/sh
# Installs the command, its manual page and its completions under a prefix, or removes them:
#
#   sh Scripts/install.sh .build/release/solvency /usr/local
#   sh Scripts/install.sh --remove /usr/local
set -eu
tool=$1
prefix=$2
page=$prefix/share/man/man1/solvency.1
bash=$prefix/share/bash-completion/completions/solvency
zsh=$prefix/share/zsh/site-functions/_solvency
fish=$prefix/share/fish/vendor_completions.d/solvency.fish

if [ "$tool" = --remove ]; then
  rm -f "$prefix/bin/solvency" "$page" "$bash" "$zsh" "$fish"
  echo "removed from $prefix"
  exit 0
fi

[ -x "$tool" ] || { echo "$tool: no such command; run make build" >&2; exit 66; }
for file in "$prefix/bin/solvency" "$page" "$bash" "$zsh" "$fish"; do
  mkdir -p "$(dirname "$file")"
done
# Beside its place first: a command that runs is not written into.
cp "$tool" "$prefix/bin/solvency.new"
chmod 755 "$prefix/bin/solvency.new"
mv "$prefix/bin/solvency.new" "$prefix/bin/solvency"
sh "$(dirname "$0")/manual-page.sh" "$tool" > "$page"
"$tool" --generate-completion-script bash > "$bash"
"$tool" --generate-completion-script zsh > "$zsh"
"$tool" --generate-completion-script fish > "$fish"
echo "installed: $prefix/bin/solvency, man solvency, completions for bash, zsh and fish"
