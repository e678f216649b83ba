"""What schemathesis does not know of by itself: streams of proofs are lines of JSON."""

import schemathesis


@schemathesis.serializer("application/x-ndjson", "application/jsonl")
def lines(context, value):
    text = value if isinstance(value, str) else ""
    return text.encode("utf-8", errors="surrogatepass")
