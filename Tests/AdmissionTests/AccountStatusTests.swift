import Admission
import Testing

@Suite("Account status")
struct AccountStatusTests {
  @Test("every status has its own word")
  func words() {
    #expect(Set(AccountStatus.allCases.map(\.rawValue)).count == AccountStatus.allCases.count)
  }
}
