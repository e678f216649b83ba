// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("ExistentialAny"),
]

/// Targets that call C mark each unsafe expression.
let strictWithC: [SwiftSetting] = strict + [.strictMemorySafety()]

/// solvencyd: the libraries behind HTTP. Frameworks for servers stay in this package; the libraries know
/// nothing of them.
let package = Package(
  name: "solvency-service",
  platforms: [.macOS(.v26)],
  products: [
    .executable(name: "solvencyd", targets: ["solvencyd"]),
    // The routes, for embedding in another server's process.
    .library(name: "SolvencyService", targets: ["SolvencyService"]),
    // A ledger on PostgreSQL, for one desk or several, and who of them writes.
    .library(name: "PostgresStore", targets: ["PostgresStore", "WriterElection"]),
    // A desk that is made to be killed (Scripts/fail-over.sh).
    .executable(name: "LedgerDesk", targets: ["LedgerDesk"]),
  ],
  dependencies: [
    .package(name: "solvency", path: ".."),
    .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
    .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", exact: "2.13.0"),
    .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
  ],
  targets: [
    .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
    // Who of several desks writes; it knows of no database.
    .target(
      name: "WriterElection", dependencies: [.product(name: "Admission", package: "solvency")],
      swiftSettings: strict),
    .target(
      name: "PostgresStore",
      dependencies: ["WriterElection", "CLibPQ", .product(name: "Admission", package: "solvency")],
      swiftSettings: strictWithC),
    .executableTarget(
      name: "LedgerDesk",
      dependencies: ["PostgresStore", "WriterElection", .product(name: "Admission", package: "solvency")],
      swiftSettings: strict),
    // Routes, documents, limits, events and the page; it listens on nothing by itself.
    .target(
      name: "SolvencyService",
      dependencies: [
        "WriterElection",
        .product(name: "Admission", package: "solvency"),
        .product(name: "SolvencyVerifier", package: "solvency"),
        .product(name: "TransparencyLog", package: "solvency"),
        .product(name: "RiskEngine", package: "solvency"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "CoreMetrics", package: "swift-metrics"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "solvencyd",
      dependencies: [
        "SolvencyService", "PostgresStore", "WriterElection",
        .product(name: "TransparencyLog", package: "solvency"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Admission", package: "solvency"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HummingbirdTLS", package: "hummingbird"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ],
      swiftSettings: strict),
    // A small venue on disk, for tests and for measuring.
    .target(
      name: "ServiceFixtures",
      dependencies: [
        "SolvencyService",
        .product(name: "Admission", package: "solvency"),
        .product(name: "SolvencyProver", package: "solvency"),
      ],
      swiftSettings: strict),
    // A venue, a custodian, traders and a crash against a server.
    .executableTarget(
      name: "service-demo",
      dependencies: [
        "SolvencyService", "ServiceFixtures",
        .product(name: "Admission", package: "solvency"),
        .product(name: "SolvencyProver", package: "solvency"),
        .product(name: "SolvencyVerifier", package: "solvency"),
        .product(name: "RiskEngine", package: "solvency"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ],
      swiftSettings: strict),
    // What a server admits and verifies in a second, beside the library alone.
    .executableTarget(
      name: "service-load",
      dependencies: [
        "SolvencyService", "ServiceFixtures",
        .product(name: "Admission", package: "solvency"),
        .product(name: "SolvencyProver", package: "solvency"),
        .product(name: "SolvencyVerifier", package: "solvency"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "PostgresStoreTests",
      dependencies: [
        "PostgresStore", "WriterElection", "LedgerDesk", "SolvencyService", "ServiceFixtures",
        .product(name: "Admission", package: "solvency"),
        .product(name: "SolvencyProver", package: "solvency"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "SolvencyServiceTests",
      dependencies: [
        "SolvencyService", "ServiceFixtures",
        .product(name: "Admission", package: "solvency"),
        .product(name: "SolvencyProver", package: "solvency"),
        .product(name: "TransparencyLog", package: "solvency"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "HummingbirdTesting", package: "hummingbird"),
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
