# Reads the pages that define numbers (pass=1), then every file that may refer to them (pass=2), and prints what
# does not agree. Called by check-specification.sh.

function complain(message) { printf "%s:%d: %s\n", FILENAME, FNR, message }

function define(kind, name) {
  if ((kind, name) in line) complain(kind " " name " is defined twice, first in line " line[kind, name])
  line[kind, name] = FNR
  page[kind, name] = FILENAME
}

# --- pass 1: definitions ---

pass == 1 && FILENAME ~ /Protocol\.md$/ && /^##+ [0-9]/ {
  name = $2
  sub(/\.$/, "", name)
  define("protocol", name)
}
pass == 1 && FILENAME ~ /Margin\.md$/ && /^### B\.[0-9]/ { define("margin", $2) }
pass == 1 && FILENAME ~ /Margin\.md$/ && /^### M[0-9]/ { define("mechanism", $2) }

pass == 1 && FILENAME ~ /Golden-Numbers\.md$/ && /^### G[0-9]/ {
  define("golden", $2)
  golden = $2
}
pass == 1 && FILENAME ~ /Golden-Numbers\.md$/ && /^not tested: ./ { excused["golden", golden] = 1 }

# | <a id="a17"></a>A17 | what happened | source | the test to have | tested |
pass == 1 && FILENAME ~ /Threats\.md$/ && /^\| *(<a id="[^"]*"><\/a>)?A[0-9]+ *\|/ {
  row = $0
  gsub(/\\\|/, "/", row)
  count = split(row, cell, "|")
  name = cell[2]
  gsub(/<a id="[^"]*"><\/a>| /, "", name)
  define("attack", name)
  if (index(cell[2], "<a id=\"" tolower(name) "\"></a>") == 0)
    complain(name " has no anchor: start the row with | <a id=\"" tolower(name) "\"></a>" name " |")
  if (count != 7) complain(name " has " count - 2 " columns instead of 5; write \\| for a bar")
  state = cell[6]
  sub(/^ +/, "", state)
  sub(/ +$/, "", state)
  if (state ~ /^not tested: .+ .+ .+/) excused["attack", name] = 1
  else if (state != "tested")
    complain(name " ends with \"" state "\"; write \"tested\", or \"not tested:\" and the sentence that says why")
}

# --- pass 2: references ---

# What people read of a line of Swift: its comment, its strings, its raw identifiers.
function readable(text,   i, c, quote, kept) {
  if (inBlock) return text
  quote = ""
  kept = ""
  for (i = 1; i <= length(text); i++) {
    c = substr(text, i, 1)
    if (quote != "") {
      if (quote == "\"" && c == "\\") { i++; continue }
      if (c == quote) { quote = ""; kept = kept " " } else kept = kept c
    } else if (c == "\"" || c == "`") {
      quote = c
      kept = kept " "
    } else if (c == "/" && substr(text, i, 2) == "//") {
      return kept " " substr(text, i + 2)
    }
  }
  return kept
}

function refer(kind, name, where) {
  if ((kind, name) in line) return
  complain((kind ~ /^(protocol|margin)$/ ? kind " " name : name) " is not defined in " where)
}

# The numbers in a text that people read.
function attacks(text,   found) {
  text = " " text " "
  while (match(text, /[^A-Za-z0-9_#.\/-]A[1-9][0-9]*[^A-Za-z0-9_"'(+*=-]/)) {
    found = substr(text, RSTART + 1, RLENGTH - 2)
    text = substr(text, RSTART + RLENGTH - 1)
    refer("attack", found, "Documentation/Threats.md")
  }
}

function mechanisms(text,   found) {
  text = " " text " "
  while (match(text, /[^A-Za-z0-9_]M[0-9][0-9][^A-Za-z0-9_]/)) {
    found = substr(text, RSTART + 1, RLENGTH - 2)
    text = substr(text, RSTART + RLENGTH - 1)
    refer("mechanism", found, "Documentation/Margin.md")
  }
}

# `protocol 3.1 and 3.4`, `protocol 3.6, 7.2`: the sections of the list.
function sections(kind, number, page, text,   found) {
  gsub(/`/, "", text)
  while (match(text, kind " (section )?" number)) {
    text = substr(text, RSTART + length(kind) + 1)
    sub(/^section /, "", text)
    while (match(text, "^" number)) {
      found = substr(text, 1, RLENGTH)
      text = substr(text, RLENGTH + 1)
      refer(kind, found, page)
      if (!sub(/^(, | and | to )/, "", text)) break
    }
  }
}

function goldens(text,   found) {
  gsub(/`/, "", text)
  while (match(text, /([Gg]olden( numbers?)?|and|,) G[0-9]+[a-z]?/)) {
    found = substr(text, RSTART, RLENGTH)
    text = substr(text, RSTART + RLENGTH)
    sub(/.* G/, "G", found)
    sub(/[a-z]$/, "", found)
    refer("golden", found, "Documentation/Golden-Numbers.md")
  }
}

# A test of numbers: `A12, A19: what is claimed`. Raw identifiers are what --filter finds.
function testNames(text,   name, numbers, i, count) {
  while (match(text, /`[AG][0-9][^`]*`/)) {
    name = substr(text, RSTART + 1, RLENGTH - 2)
    text = substr(text, RSTART + RLENGTH)
    if (name !~ /^[AG][1-9][0-9]*[a-z]?(, [AG][1-9][0-9]*[a-z]?)*: [^ ]/) {
      complain("spell the test `" name "` as `A12, A19: what is claimed`")
      continue
    }
    sub(/: .*/, "", name)
    count = split(name, numbers, /, /)
    for (i = 1; i <= count; i++) {
      if (numbers[i] ~ /^A/) {
        refer("attack", numbers[i], "Documentation/Threats.md")
        tested["attack", numbers[i]] = 1
      } else {
        sub(/[a-z]$/, "", numbers[i])
        refer("golden", numbers[i], "Documentation/Golden-Numbers.md")
        tested["golden", numbers[i]] = 1
      }
    }
  }
}

pass == 2 && FNR == 1 {
  inBlock = 0
  isSwift = FILENAME ~ /\.swift$/
  isTest = isSwift && FILENAME ~ /^Tests\//
  isScript = FILENAME ~ /check-specification\./
}
pass == 2 && isScript { next }

pass == 2 {
  text = $0
  if (isSwift) {
    blocks = gsub(/"""/, "\"\"\"", text)
    if (isTest && !inBlock) {
      code = text
      sub(/^ *\/\/.*/, "", code)
      testNames(code)
      if (code ~ /@(Test|Suite)\("(golden number )?[AG][0-9]/ || code ~ /^ *"(golden number |[AG][0-9]+[a-z]?[: ] *[^"]*",( .enabled|$))/)
        complain("a number in a display name is not found by --filter: name the function `A12: what is claimed`")
      if (code ~ /func [AG][0-9]+ *\(/) complain("a test says what it claims: name the function `A12: what is claimed`")
    }
    if (text ~ /[AMG][0-9]|protocol|margin|golden/) text = readable(text)
    else text = ""
    if (blocks % 2 == 1) inBlock = !inBlock
  }
  if (text == "") next
  if (text ~ /(^|[^A-Za-z0-9_])(protocol|margin|threats|architecture|kernels|style)\.md/)
    complain("the pages are in Documentation; write protocol 3.5, margin B.4, A17")
  # Generators, not attacks or golden numbers.
  if (FILENAME !~ /Documentation\/Protocol\.md$/) attacks(text)
  mechanisms(text)
  sections("protocol", "[0-9]+(\\.[0-9]+)?", "Documentation/Protocol.md", text)
  sections("margin", "B\\.[0-9]+", "Documentation/Margin.md", text)
  if ($0 ~ /Golden\.numbers\(/) sub(/^ *G/, "golden G", text)
  if (text ~ /[Gg]olden/) goldens(text)
}

END {
  for (key in line) {
    split(key, part, SUBSEP)
    kind = part[1]
    name = part[2]
    if (kind != "attack" && kind != "golden") continue
    where = page[key] ":" line[key] ": "
    if ((kind, name) in excused) {
      if ((kind, name) in tested) print where name " says not tested, and a test has its number: say tested"
    } else if (!((kind, name) in tested))
      print where name " has no test: name one `" name ": what is claimed`, or write not tested: and why"
  }
}
