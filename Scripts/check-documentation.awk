# Lists declarations whose documentation is incomplete: public ones without a comment, public throwing ones that do not say what
# they throw. Reads Swift files; a declaration ends at its opening brace or at the end of its parentheses.

function report(message) { printf "%s:%d: %s\n", FILENAME, start, message }

function judge(   text) {
  text = declaration
  if (comment == "" && !inherited) report("a public declaration without a doc comment: " shorten(text))
  else if (text ~ /[^A-Za-z]throws[ (]/ && text ~ /(func |init[?(<]|subscript|\{ *get throws)/ && comment !~ /- Throws:/ && !inherited)
    report("does not say what it throws: " shorten(text))
}

function shorten(text) {
  gsub(/[ \t]+/, " ", text)
  sub(/^ /, "", text)
  return length(text) > 90 ? substr(text, 1, 90) "…" : text
}

function count(text, mark,   copy) {
  copy = text
  return gsub(mark, "", copy)
}

FNR == 1 { comment = ""; open = 0; inherited = 0; block = 0 }

{
  line = $0
  quotes = gsub(/"""/, "\"\"\"", line)
  if (block) { if (quotes % 2 == 1) block = 0; next }
  if (quotes % 2 == 1) block = 1
}

open {
  declaration = declaration " " $0
  depth += count($0, "\\(") - count($0, "\\)")
  if (depth <= 0 && ($0 ~ /\{/ || $0 ~ /[^,(]$/)) { open = 0; judge(); comment = ""; inherited = 0 }
  next
}

/^ *\/\/\// { comment = comment $0 "\n"; next }
/^ *\/\// { next }
/^ *@[A-Za-z_]+(\([^)]*\))?( +@[A-Za-z_]+(\([^)]*\))?)* *$/ { next }

/^ *(@[A-Za-z_]+(\([^)]*\))? +)*(public|open) / && !/^ *(@[A-Za-z_]+ +)*public import / && !/public extension / && !/^ *public (private|internal)\(set\) *$/ {
  declaration = $0
  start = FNR
  depth = count($0, "\\(") - count($0, "\\)")
  # What a protocol or the standard library documents.
  inherited = $0 ~ /(static func (==|<|hash)|func hash\(into|var description:|var debugDescription:|func encode\(to|init\(from decoder|var hashValue|func makeIterator|typealias (Element|Index|RawValue)|var (startIndex|endIndex):|func index\((after|before))/
  if (depth > 0 || ($0 !~ /\{/ && $0 ~ /(func |init[?(<]).*\($/)) { open = 1; next }
  judge()
  comment = ""
  inherited = 0
  next
}

{ comment = ""; inherited = 0 }
