public import Hummingbird

/// Answers that say only that the process is alive: they touch neither the ledger nor the verifier, so that a watcher
/// hears of them at full load.
public enum Health {
  /// Adds `GET /healthz`, which answers 200 and `ok`.
  public static func addRoutes<Context: RequestContext>(to router: Router<Context>) {
    router.get("healthz") { _, _ in "ok\n" }
  }
}
