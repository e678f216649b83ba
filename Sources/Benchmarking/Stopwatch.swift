internal import CommandSupport
internal import Foundation

/// Medians of repeated runs, in processor time of the calling thread: other work on the machine does not
/// count.
package struct Stopwatch {
  /// A name, the time of one run, and its ratio to the ``Yardstick`` beside it.
  package struct Measurement {
    package let name: String
    package let nanoseconds: Double
    package let ratio: Double

    /// The medians of samples, of each of `count` things that were done together.
    package init(name: String, _ samples: [Sample], sharedBy count: Int = 1) {
      self.name = name
      nanoseconds = samples.map(\.nanoseconds).median / Double(count)
      ratio = samples.map { $0.nanoseconds / $0.yardstick }.median / Double(count)
    }

    private init(name: String, nanoseconds: Double, ratio: Double) {
      (self.name, self.nanoseconds, self.ratio) = (name, nanoseconds, ratio)
    }

    /// The share of each of `count` things that were done together.
    package func shared(by count: Int, as name: String) -> Measurement {
      Measurement(name: name, nanoseconds: nanoseconds / Double(count), ratio: ratio / Double(count))
    }
  }

  /// The time of one run, and that of the yardstick right after it.
  package struct Sample {
    package let nanoseconds: Double
    package let yardstick = Yardstick.nanoseconds()
  }

  /// How much is done for a figure.
  package enum Effort {
    case thorough, quick
  }

  /// Samples that are taken of something quick; of something slow at least three.
  private static let sampleCount = 9
  /// A sample repeats what is measured for at least this long.
  private static let sampleTime = Duration.milliseconds(4)
  /// No more is spent on one measurement, once three samples are there.
  private let patience: Duration

  package init(_ effort: Effort = .thorough) {
    patience = effort == .quick ? .milliseconds(200) : .seconds(2)
  }

  /// Runs `body` often and returns the median time of one run.
  package func measure<Result>(_ name: String, _ body: () -> Result) -> Measurement {
    var repetitions = 1
    // The first run fills caches and is not counted.
    var time = Self.time { Self.keep(body()) }
    while time < Self.sampleTime, repetitions < 1 << 20 {
      repetitions *= 2
      time = Self.time { for _ in 0..<repetitions { Self.keep(body()) } }
    }
    var samples: [Sample] = []
    let start = ContinuousClock.now
    while samples.count < Self.sampleCount {
      if samples.count >= 3, ContinuousClock.now - start > patience { break }
      let sample = Self.time { for _ in 0..<repetitions { Self.keep(body()) } }
      samples.append(Sample(nanoseconds: sample.nanoseconds / Double(repetitions)))
    }
    return Measurement(name: name, samples)
  }

  /// Runs several things in turn and returns the median time of each on the clock on the wall, for what uses
  /// several threads. Other work on the machine counts.
  package func measureByClock(_ names: [String], _ body: (Int) -> Void) -> [Measurement] {
    for index in names.indices { body(index) }
    var samples = names.map { _ in [Sample]() }
    let start = ContinuousClock.now
    while samples[0].count < Self.sampleCount {
      if samples[0].count >= 3, ContinuousClock.now - start > patience { break }
      for index in names.indices {
        samples[index].append(
          Sample(nanoseconds: ContinuousClock().measure { body(index) }.nanoseconds))
      }
    }
    return zip(names, samples).map { Measurement(name: $0, $1) }
  }

  private static func time(_ body: () -> Void) -> Duration {
    let start = threadTime
    body()
    return threadTime - start
  }

  /// Processor time that this thread has used.
  package static var threadTime: Duration {
    var time = timespec()
    guard unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0 else { return .zero }
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }

  /// Keeps the optimiser from leaving out a computation whose result nobody uses.
  @inline(never)
  private static func keep<Result>(_ result: Result) { withExtendedLifetime(result) {} }

  /// The most memory this process has had, in bytes.
  package static var peakMemory: Int {
    var usage = rusage()
    #if canImport(Glibc)
      let this = __rusage_who_t(RUSAGE_SELF.rawValue)
    #else
      let this = RUSAGE_SELF
    #endif
    guard unsafe getrusage(this, &usage) == 0 else { return 0 }
    #if canImport(Darwin)
      return usage.ru_maxrss
    #else
      return usage.ru_maxrss * 1_024
    #endif
  }
}
