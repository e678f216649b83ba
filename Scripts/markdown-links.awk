# Relative links of a Markdown file: line, target, fragment, separated by bars. Code blocks do not count.
/^```/ { fenced = !fenced }
fenced { next }
{
  rest = $0
  gsub(/`[^`]*`/, "", rest)
  while (match(rest, /\]\([^)]*\)/)) {
    link = substr(rest, RSTART + 2, RLENGTH - 3)
    rest = substr(rest, RSTART + RLENGTH)
    if (link ~ /^[a-z]+:/) continue
    target = link
    sub(/#.*/, "", target)
    fragment = link
    if (!sub(/^[^#]*#/, "", fragment)) fragment = ""
    printf "%d|%s|%s\n", FNR, target, fragment
  }
}
