internal import Glibc

/// A thread that goes before all others of the machine, where this process may have one.
///
/// A probe is answered in microseconds, but a thread that wakes among busy ones waits for its turn of some
/// milliseconds. The scheduler's shorter turns and lower priorities of the others do not shorten that; a
/// class of its own does.
enum PromptThread {
  /// Threads that this one makes are ordinary again.
  private static let resetOnFork: Int32 = 0x4000_0000

  /// Makes the calling thread one, for work that is short and never waits; false where the system does not
  /// let this process (`LimitRTPRIO=1` in a unit of systemd, `--ulimit rtprio=1` for a container).
  @discardableResult
  static func claim() -> Bool {
    var parameters = sched_param(sched_priority: 1)
    return sched_setscheduler(0, SCHED_RR | resetOnFork, &parameters) == 0
  }
}
