# Exits 0 if the file has the anchor `want`: a heading as GitHub names it, or <a id="...">.
function slug(text) {
  text = tolower(text)
  gsub(/[^a-z0-9 _-]/, "", text)
  gsub(/ /, "-", text)
  return text
}
/^```/ { fenced = !fenced }
fenced { next }
/^#+ / {
  heading = $0
  sub(/^#+ +/, "", heading)
  if (slug(heading) == want) found = 1
}
index($0, "<a id=\"" want "\">") { found = 1 }
END { exit !found }
