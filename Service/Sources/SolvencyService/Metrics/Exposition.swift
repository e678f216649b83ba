public import CoreMetrics
internal import Synchronization

/// Keeps what swift-metrics is told, and writes it in the text format that Prometheus reads.
///
/// Counters, gauges, and timers as histograms over fixed bounds. The number of series of one name is bounded:
/// labels come from routes, statuses and codes, never from what a client sends, and what is beyond the bound
/// is not kept.
public final class MetricsRegistry: Sendable {
  fileprivate enum Kind: String { case counter, gauge, histogram }

  fileprivate struct Series {
    let kind: Kind
    var value: Double = 0
    var sum: Double = 0
    var buckets: [UInt64] = []
  }

  private struct Key: Hashable {
    let name: String
    let labels: String
  }

  private struct Family {
    let kind: Kind
    var series: [String: Series] = [:]
  }

  /// The upper bounds of a histogram's buckets, in seconds.
  public static let bounds: [Double] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
  ]
  private static let seriesLimit = 1_024

  private let families = Mutex<[String: Family]>([:])
  private let helps: [String: String]

  /// An empty registry.
  ///
  /// - Parameter helps: what names mean, in a sentence each.
  public init(helps: [String: String] = [:]) { self.helps = helps }

  /// Adds to a counter.
  public func count(_ name: String, _ labels: [(String, String)] = [], by amount: Double = 1) {
    update(name, .counter, labels) { $0.value += amount }
  }

  /// Sets a gauge.
  public func set(_ name: String, _ labels: [(String, String)] = [], to value: Double) {
    update(name, .gauge, labels) { $0.value = value }
  }

  /// Takes down a length of time.
  public func observe(_ name: String, _ labels: [(String, String)] = [], seconds: Double) {
    update(name, .histogram, labels) { series in
      series.sum += seconds
      let place = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
      series.buckets[place] += 1
    }
  }

  /// The value of a series; nil if there is none. Of a histogram, the number of observations.
  public func value(_ name: String, _ labels: [(String, String)] = []) -> Double? {
    families.withLock { families in
      families[name]?.series[Self.text(labels)].map {
        $0.kind == .histogram ? Double($0.buckets.reduce(0, +)) : $0.value
      }
    }
  }

  /// The sum of all series of a counter.
  public func total(_ name: String) -> Double {
    families.withLock { $0[name]?.series.values.reduce(0) { $0 + $1.value } ?? 0 }
  }

  fileprivate func update(
    _ name: String, _ kind: Kind, _ labels: [(String, String)], _ change: (inout Series) -> Void
  ) {
    let text = Self.text(labels)
    families.withLock { families in
      Self.update(&families[name, default: Family(kind: kind)], kind, text, change)
    }
  }

  private static func update(
    _ family: inout Family, _ kind: Kind, _ labels: String, _ change: (inout Series) -> Void
  ) {
    guard family.kind == kind, family.series.count < seriesLimit || family.series[labels] != nil else {
      return
    }
    change(
      &family.series[
        labels,
        default: Series(
          kind: kind, buckets: kind == .histogram ? [UInt64](repeating: 0, count: bounds.count + 1) : [])])
  }

  /// Everything, in the text format, version 0.0.4.
  public func exposition() -> String {
    families.withLock { families in
      var text = ""
      for (name, family) in families.sorted(by: { $0.key < $1.key }) {
        if let help = helps[name] { text += "# HELP \(name) \(help)\n" }
        text += "# TYPE \(name) \(family.kind.rawValue)\n"
        for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
          if family.kind == .histogram {
            Self.write(name, labels, series, to: &text)
          } else {
            text += "\(name)\(labels.isEmpty ? "" : "{\(labels)}") \(Self.number(series.value))\n"
          }
        }
      }
      return text
    }
  }

  private static func write(_ name: String, _ labels: String, _ series: Series, to text: inout String) {
    var sum: UInt64 = 0
    for (place, count) in series.buckets.enumerated() {
      sum += count
      let bound = place < bounds.count ? number(bounds[place]) : "+Inf"
      text += "\(name)_bucket{\(labels)\(labels.isEmpty ? "" : ",")le=\"\(bound)\"} \(sum)\n"
    }
    let suffix = labels.isEmpty ? "" : "{\(labels)}"
    text += "\(name)_sum\(suffix) \(number(series.sum))\n\(name)_count\(suffix) \(sum)\n"
  }

  private static func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
  }

  /// Labels as they stand between the braces, ascending by name; each value with its quotation marks escaped.
  private static func text(_ labels: [(String, String)]) -> String {
    var text = ""
    for (name, value) in labels.count > 1 ? labels.sorted(by: { $0.0 < $1.0 }) : labels {
      if !text.isEmpty { text += "," }
      text += name
      text += "=\""
      text += value.utf8.contains(where: isEscaped) ? escaped(value) : value
      text += "\""
    }
    return text
  }

  private static func isEscaped(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\n")
  }

  private static func escaped(_ value: String) -> String {
    value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }
}

// What libraries report through swift-metrics comes to the same place.
extension MetricsRegistry: MetricsFactory {
  /// A series by name and labels.
  private class Handle {
    let registry: MetricsRegistry
    let name: String
    let labels: [(String, String)]

    init(_ registry: MetricsRegistry, _ label: String, _ labels: [(String, String)]) {
      (self.registry, self.labels) = (registry, labels)
      // Names of Prometheus have letters, digits, underscores and colons.
      name = String(
        label.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == ":") ? $0 : "_" })
    }
  }

  private final class CounterHandle: Handle, CounterHandler, FloatingPointCounterHandler, @unchecked Sendable
  {
    func increment(by amount: Int64) { registry.count(name, labels, by: Double(amount)) }
    func increment(by amount: Double) { registry.count(name, labels, by: amount) }
    func reset() {}
  }

  private final class GaugeHandle: Handle, MeterHandler, RecorderHandler, @unchecked Sendable {
    func set(_ value: Int64) { registry.set(name, labels, to: Double(value)) }
    func set(_ value: Double) { registry.set(name, labels, to: value) }
    func increment(by amount: Double) { registry.update(name, .gauge, labels) { $0.value += amount } }
    func decrement(by amount: Double) { registry.update(name, .gauge, labels) { $0.value -= amount } }
    func record(_ value: Int64) { registry.set(name, labels, to: Double(value)) }
    func record(_ value: Double) { registry.set(name, labels, to: value) }
  }

  private final class TimerHandle: Handle, TimerHandler, @unchecked Sendable {
    func recordNanoseconds(_ duration: Int64) {
      registry.observe(name, labels, seconds: Double(duration) / 1e9)
    }
  }

  /// A counter.
  public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    CounterHandle(self, label, dimensions)
  }

  /// A counter of fractions.
  public func makeFloatingPointCounter(
    label: String, dimensions: [(String, String)]
  ) -> any FloatingPointCounterHandler { CounterHandle(self, label, dimensions) }

  /// A gauge.
  public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    GaugeHandle(self, label, dimensions)
  }

  /// A gauge.
  public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool)
    -> any RecorderHandler
  {
    GaugeHandle(self, label, dimensions)
  }

  /// A histogram.
  public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    TimerHandle(self, label, dimensions)
  }

  /// Nothing is freed: what was counted stays.
  public func destroyCounter(_ handler: any CounterHandler) {}
  /// Nothing is freed.
  public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
  /// Nothing is freed.
  public func destroyMeter(_ handler: any MeterHandler) {}
  /// Nothing is freed.
  public func destroyRecorder(_ handler: any RecorderHandler) {}
  /// Nothing is freed.
  public func destroyTimer(_ handler: any TimerHandler) {}
}
