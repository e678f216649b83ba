import Hummingbird
import HummingbirdTesting
import SolvencyService
import Testing

@Suite("Health")
struct HealthTests {
  @Test("a living process says so")
  func living() async throws {
    let router = Router()
    Health.addRoutes(to: router)
    try await Application(router: router).test(.router) { client in
      let response = try await client.executeRequest(uri: "/healthz", method: .get, headers: [:], body: nil)
      #expect(response.status == .ok)
      #expect(String(buffer: response.body) == "ok\n")
    }
  }
}
