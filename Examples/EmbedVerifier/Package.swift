// swift-tools-version: 6.2
import PackageDescription

/// A service that admits requests: it depends on the verifier's side and a store, and cannot reach the
/// trader's.
let package = Package(
  name: "EmbedVerifier",
  platforms: [.macOS(.v26)],
  dependencies: [.package(name: "solvency", path: "../..")],
  targets: [
    .executableTarget(
      name: "EmbedVerifier",
      dependencies: [
        .product(name: "Admission", package: "solvency")
      ])
  ])
