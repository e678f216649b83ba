/// Who asks, as far as is known.
public struct Caller: Hashable, Sendable {
  /// The token's or certificate's owner; nil for anybody.
  public var name: String?
  /// What they may do.
  public var roles: Set<Role>
  /// Where from.
  public var address: String

  /// What a limit counts by: the owner, or else the address.
  public var key: String { name.map { "name " + $0 } ?? "address " + address }

  /// Somebody.
  public init(name: String? = nil, roles: Set<Role> = [], address: String) {
    (self.name, self.roles, self.address) = (name, roles, address)
  }
}
