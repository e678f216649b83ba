// Times verification as a Swift program does it, for Bindings/figures/ratios.py to set the calls of C and
// Python beside: VerifyTiming SNAPSHOT AUDIENCE SECONDS-SINCE-1970 PROOFS, with a proof to a line. For each
// line "single" or "batch" of its input it verifies all proofs, one by one or together on one thread, and
// writes the nanoseconds of processor time.

import SolvencyVerifier

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

func bytes(of path: String) -> [UInt8] {
  guard let file = fopen(path, "rb") else {
    perror(path)
    exit(66)
  }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var part = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = fread(&part, 1, part.count, file)
    guard count > 0 else { return bytes }
    bytes += part[..<count]
  }
}

func nanoseconds() -> Int {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return time.tv_sec * 1_000_000_000 + time.tv_nsec
}

let arguments = CommandLine.arguments
guard arguments.count == 5, let seconds = UInt64(arguments[3]) else {
  print("usage: VerifyTiming SNAPSHOT AUDIENCE SECONDS PROOFS")
  exit(64)
}
let catalog = RuleCatalog(ruleLimit: 64)
for source in BuiltInCircuits.sources {
  catalog.register(try Circuit(parsing: source.text, named: source.name + ".circuit"))
}
catalog.register(try RiskSnapshot(json: bytes(of: arguments[1])))
let verifier = ProofVerifier(catalog: catalog)
let expectations = Expectations(now: Timestamp(seconds: seconds), audience: try Audience(arguments[2]))
let proofs = bytes(of: arguments[4]).split(separator: UInt8(ascii: "\n")).map(Array.init)

while let line = readLine() {
  let start = nanoseconds()
  let verdicts =
    line == "single"
    ? proofs.map { verifier.verify(encoded: $0, expecting: expectations) }
    : verifier.verify(encoded: proofs, expecting: expectations, workers: 1).map(\.verdict)
  let taken = nanoseconds() - start
  let accepted = verdicts.count { if case .accepted = $0 { true } else { false } }
  print(taken, accepted)
  fflush(nil)
}
