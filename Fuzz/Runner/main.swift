import Foundation
import FuzzTargets

// Runs a target on inputs that are made from its seeds, in this process.
//
//     Fuzz <target> <seconds> [<seed>]     changed inputs for some time
//     Fuzz <target> <file>                 one input
//     Fuzz list
//
// The input of the moment stands in fuzz-<target>.input, so that one that traps or does not end is there
// afterwards.

/// The longest that one input may take, in seconds.
let longest: UInt32 = 30

func fail(_ text: String) -> Never {
  FileHandle.standardError.write(Data("Fuzz: \(text)\n".utf8))
  exit(1)
}

let arguments = CommandLine.arguments.dropFirst()
if arguments.first == "list" {
  for target in FuzzTarget.all { print(target.name) }
  exit(0)
}
guard let name = arguments.first, let limit = arguments.dropFirst().first else {
  fail("usage: Fuzz <target> <seconds> [<seed>] | Fuzz <target> <file> | Fuzz list")
}
guard let target = FuzzTarget.named(name) else {
  fail("no target \(name); `Fuzz list` shows those there are")
}
guard let seconds = Double(limit) else {
  try target.run(Array(try Data(contentsOf: URL(filePath: limit))))
  exit(0)
}

let place = "fuzz-\(name).input"
let file = open(place, O_RDWR | O_CREAT | O_TRUNC, 0o644)
guard file >= 0 else { fail("\(place) cannot be written") }

/// Keeps an input and runs it; returns how long that took.
func run(_ input: [UInt8]) -> Double {
  _ = input.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, 0) }
  ftruncate(file, off_t(input.count))
  alarm(longest)
  let start = ContinuousClock.now
  do {
    try target.run(input)
  } catch {
    fail("\(name): \(error); the input is in \(place)")
  }
  alarm(0)
  return (ContinuousClock.now - start) / .seconds(1)
}

let seed = arguments.dropFirst(2).first.flatMap { UInt64($0) } ?? 1
let seeds = try target.seeds()
var mutator = Mutator(seed: seed)
var (count, slowest) = (0, 0.0)
// Inputs go on from changed ones as well: there is no coverage to say which are worth it.
var pool = seeds
let end = ContinuousClock.now + .seconds(seconds)
for input in seeds {
  slowest = max(slowest, run(input))
  count += 1
}
while ContinuousClock.now < end {
  let input = mutator.mutated(
    pool[mutator.choice(of: pool.count)], with: pool[mutator.choice(of: pool.count)], form: target.form)
  slowest = max(slowest, run(input))
  count += 1
  if mutator.choice(of: 16) == 0 {
    if pool.count < 64 + seeds.count {
      pool.append(input)
    } else {
      pool[seeds.count + mutator.choice(of: pool.count - seeds.count)] = input
    }
  }
}
unlink(place)
let rate = Int(Double(count) / max(seconds, 0.001))
var usage = rusage()
#if os(Linux)
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
#else
  getrusage(RUSAGE_SELF, &usage)
#endif
print(
  "\(name): \(count) inputs, \(rate) a second, longest \(Int(slowest * 1_000)) ms, "
    + "memory \(usage.ru_maxrss >> 10) MiB, nothing found")
